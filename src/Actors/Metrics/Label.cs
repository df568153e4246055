using System.Text;

namespace UeFarm.Actors.Metrics;

/// <summary>Label values: the names of enumeration members in kebab case ("MacInvalid" is "mac-invalid"), the same in metrics, thresholds and reports.</summary>
public static class Label
{
    /// <summary>The label of one member.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Cache<T>.Labels.TryGetValue(value, out var label) ? label : "other";

    /// <summary>The labels of all members, in order.</summary>
    public static IReadOnlyCollection<string> All<T>()
        where T : struct, Enum => Cache<T>.Labels.Values;

    private static string ToKebabCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]))
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    private static class Cache<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> Labels = Enum.GetValues<T>().ToDictionary(static value => value, static value => ToKebabCase(value.ToString()));
    }
}
