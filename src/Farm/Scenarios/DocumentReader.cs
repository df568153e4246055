using System.Security.Cryptography;
using System.Text;

namespace UeFarm.Farm.Scenarios;

/// <summary>Reads a file of a declared format with its overrides as far as single values go; what they mean together is the caller's to check.</summary>
internal static class DocumentReader
{
    /// <summary>Such a file is a page or two; what is larger is not one.</summary>
    private const int MaxFileBytes = 1 << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static DocumentReadResult ReadFile(DocumentFormat format, string path, IReadOnlyList<DocumentOverride> overrides)
    {
        byte[] bytes;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            bytes = new byte[Math.Min(stream.Length, MaxFileBytes + 1)];
            stream.ReadExactly(bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var problem = exception is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : "cannot be read";
            return Refuse(
                format,
                SourceOf(path, [], overrides),
                new ScenarioError(new ScenarioLocation(0, 0), "", null, problem, $"a readable {format.Noun} file", $"check the path; {format.Maker} writes one"));
        }

        return Read(format, bytes, path, overrides);
    }

    public static DocumentReadResult Read(DocumentFormat format, string text, string fileName, IReadOnlyList<DocumentOverride> overrides) =>
        Read(format, StrictUtf8.GetBytes(text), fileName, overrides);

    /// <summary>No file: the overrides are all there is.</summary>
    public static DocumentReadResult ReadOverrides(DocumentFormat format, string name, IReadOnlyList<DocumentOverride> overrides) =>
        Interpret(format, new ScenarioNode.Mapping(new ScenarioLocation(0, 0)), SourceOf(name, [], overrides), overrides);

    private static DocumentReadResult Read(DocumentFormat format, byte[] bytes, string fileName, IReadOnlyList<DocumentOverride> overrides)
    {
        var source = SourceOf(fileName, bytes, overrides);
        if (bytes.Length > MaxFileBytes)
        {
            return Refuse(
                format, source, new ScenarioError(ScenarioLocation.FileStart, "", null, "is too large", "at most 1 MiB", $"check that this is a {format.Noun}"));
        }

        try
        {
            source = source with { Text = StrictUtf8.GetString(bytes) };
        }
        catch (DecoderFallbackException)
        {
            return Refuse(format, source, new ScenarioError(ScenarioLocation.FileStart, "", null, "is not UTF-8 text", "UTF-8", "save it as UTF-8"));
        }

        if (!ScenarioTreeReader.TryRead(source.Text, null, out var root, out var fault))
        {
            return Refuse(format, source,
                new ScenarioError(fault.Location, "", null, $"is not readable as YAML: {fault.Problem}", "YAML with keys and values",
                "check indentation, brackets and quotes near here"));
        }

        return Interpret(format, root, source, overrides);
    }

    private static DocumentReadResult Interpret(
        DocumentFormat format, ScenarioNode root, ScenarioSource source, IReadOnlyList<DocumentOverride> overrides)
    {
        var errors = new List<ScenarioError>();
        if (root is ScenarioNode.Mapping mapping)
        {
            foreach (var change in overrides)
            {
                ScenarioOverrides.Apply(mapping, change, errors);
            }
        }

        var values = new ScenarioValues();
        var chosen = root is ScenarioNode.Mapping written && format.Choose is { } choose ? choose(written) : format;
        new ScenarioValueReader(chosen, values, errors).Read(root);
        return new DocumentReadResult(source, chosen, root is ScenarioNode.Mapping ? values : null, errors);
    }

    private static ScenarioSource SourceOf(string fileName, byte[] bytes, IReadOnlyList<DocumentOverride> overrides) =>
        new(fileName, "", bytes.Length == 0 ? "" : Convert.ToHexStringLower(SHA256.HashData(bytes)), [.. overrides.Select(change => change.Text)]);

    private static DocumentReadResult Refuse(DocumentFormat format, ScenarioSource source, ScenarioError error) => new(source, format, null, [error]);
}
