using System.Globalization;
using System.Text.RegularExpressions;
using UeFarm.Farm.Console;

namespace UeFarm.Farm.Scenarios;

/// <summary>One mistake in a scenario: where it is, what was written, what is allowed and what to do.</summary>
/// <remarks>Value: What was written; null when nothing was, or when it must not be shown.</remarks>
internal sealed partial record ScenarioError(ScenarioLocation Location, string Path, string? Value, string Problem, string Allowed, string Remedy)
{
    private const int MaxShownValue = 66;

    /// <summary>A mistake in an option as it was written, or in its absence.</summary>
    public static ScenarioError About(ScenarioValues values, ScenarioOption option, string problem, string allowed, string remedy, int item = -1)
    {
        var text = values.TextOf(option, item);
        return new ScenarioError(
            values.LocationOf(option, item), ScenarioValues.ConcretePath(option, item), string.IsNullOrEmpty(text) ? null : text, problem, allowed, remedy);
    }

    /// <summary>Place and problem in a line, then what is allowed and what to do.</summary>
    public string Format(string fileName)
    {
        var place = Location.Override is { } text
            ? Shorten(text)
            : Location.Line == 0 ? fileName : string.Create(CultureInfo.InvariantCulture, $"{fileName}:{Location.Line}:{Location.Column}");
        var shown = Value is null ? "" : $" '{Shorten(Value)}'";
        var path = Path.Length == 0 ? "the file" : Path;
        return string.Join('\n',
            [$"{place}: {path}{shown} {Problem}", .. TextLayout.Wrap("    allowed: ", Allowed), .. TextLayout.Wrap("    remedy:  ", Remedy)]);
    }

    /// <summary>Keeps lines short, terminals safe (control characters of the file are not passed on) and passwords of connection strings unseen.</summary>
    private static string Shorten(string value)
    {
        value = PasswordPattern().Replace(value, "$1=***");
        var cut = value.Length > MaxShownValue ? value[..MaxShownValue] + "..." : value;
        return string.Concat(cut.Select(letter => char.IsControl(letter) ? ' ' : letter));
    }

    [GeneratedRegex(@"\b(password|psw|pwd)\s*=.*", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex PasswordPattern();
}
