using System.Globalization;
using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>A whole number without a unit, both ends of the range included.</summary>
internal sealed class IntegerKind(long minimum, long maximum) : OptionKind<long>
{
    public override string Name => "whole number";

    public override string Allowed => minimum == maximum
        ? minimum.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {maximum}");

    public override bool TryRead(string text, out long value, out OptionProblem problem)
    {
        problem = default;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            problem = new OptionProblem("is not a whole number", "write digits only, without unit, point or separators");
            return false;
        }

        if (value < minimum || value > maximum)
        {
            problem = value < minimum
                ? new OptionProblem("is too small", string.Create(CultureInfo.InvariantCulture, $"use {minimum} or more"))
                : new OptionProblem("is too large", string.Create(CultureInfo.InvariantCulture, $"use {maximum} or less"));
            return false;
        }

        return true;
    }

    public override JsonObject CreateSchema() => new() { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum };
}
