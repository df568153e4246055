using System.Globalization;
using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>A decimal number without a unit, both ends of the range included.</summary>
internal sealed class NumberKind(double minimum, double maximum) : OptionKind<double>
{
    public override string Name => "number";

    public override string Allowed => string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}");

    public override bool TryRead(string text, out double value, out OptionProblem problem)
    {
        problem = default;
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        if (!double.TryParse(text, Style, CultureInfo.InvariantCulture, out value) || !double.IsFinite(value))
        {
            problem = new OptionProblem("is not a number", "write digits with an optional decimal point");
            return false;
        }

        if (value < minimum || value > maximum)
        {
            problem = new OptionProblem("is out of range", $"use {Allowed}");
            return false;
        }

        return true;
    }

    public override JsonObject CreateSchema() => new() { ["type"] = "number", ["minimum"] = minimum, ["maximum"] = maximum };
}
