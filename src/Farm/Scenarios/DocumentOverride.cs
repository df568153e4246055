namespace UeFarm.Farm.Scenarios;

/// <summary>A value from the command line that beats the file's.</summary>
/// <param name="Text">The key, an equals sign and the value.</param>
/// <param name="Shown">How it was written on the command line, for messages.</param>
internal readonly record struct DocumentOverride(string Text, string Shown)
{
    /// <summary>Of <c>--set key=value</c>.</summary>
    public static DocumentOverride Set(string text) => new(text, "--set " + text);
}
