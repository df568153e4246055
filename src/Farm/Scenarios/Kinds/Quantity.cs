using System.Globalization;

namespace UeFarm.Farm.Scenarios;

/// <summary>Splits "250ms" into number and unit, and says what is wrong with what is neither.</summary>
internal static class Quantity
{
    /// <summary>Most characters of a number with its unit; longer ones are refused before they are looked at.</summary>
    private const int MaxLength = 40;

    /// <remarks>
    /// units: Unit and how many base units one of it is; matched exactly, since MB and mb would differ.
    /// example: A value with a unit, for the remedy when the unit is missing.
    /// </remarks>
    public static bool TryRead(string text, IReadOnlyList<(string Unit, decimal Factor)> units, string example, out decimal value, out OptionProblem problem)
    {
        value = 0;
        problem = default;
        var trimmed = text.Trim();
        var length = 0;
        while (length < trimmed.Length && (char.IsAsciiDigit(trimmed[length]) || trimmed[length] == '.' || (length == 0 && trimmed[0] == '-')))
        {
            length++;
        }

        var unitText = trimmed[length..].Trim();
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        if (trimmed.Length > MaxLength || !decimal.TryParse(trimmed.AsSpan(0, length), Style, CultureInfo.InvariantCulture, out var number))
        {
            problem = new OptionProblem("is not a number with a unit", $"write it like {example}");
            return false;
        }

        foreach (var (unit, factor) in units)
        {
            if (unit == unitText)
            {
                return TryScale(number, factor, example, out value, out problem);
            }
        }

        var known = string.Join(", ", units.Select(unit => unit.Unit));
        problem = unitText.Length == 0
            ? new OptionProblem("has no unit",
                $"add one of {known}, for example {trimmed}{units.First(unit => example.EndsWith(unit.Unit, StringComparison.Ordinal)).Unit}")
            : new OptionProblem($"has the unknown unit '{unitText}'", $"use one of {known}, for example {example}");
        return false;
    }

    private static bool TryScale(decimal number, decimal factor, string example, out decimal value, out OptionProblem problem)
    {
        problem = default;
        value = 0;
        if (Math.Abs(number) > 1_000_000_000_000_000_000m / factor)
        {
            problem = new OptionProblem("is out of every range", $"write it like {example}");
            return false;
        }

        value = number * factor;
        return true;
    }
}
