using System.Globalization;
using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>Events per second, minute or hour; zero is allowed and means none.</summary>
internal sealed class RateKind(double maximumPerSecond) : OptionKind<Rate>
{
    private const decimal Scale = 3600;

    private static readonly (string, decimal)[] Units = [("/s", Scale), ("/m", Scale / 60), ("/h", Scale / 3600)];

    public override string Name => "rate";

    public override string Allowed => string.Create(CultureInfo.InvariantCulture, $"a rate from 0/s to {maximumPerSecond}/s (units /s, /m, /h)");

    public override bool TryRead(string text, out Rate value, out OptionProblem problem)
    {
        value = default;
        if (!Quantity.TryRead(text, Units, "500/s", out var scaled, out problem))
        {
            return false;
        }

        value = new Rate((double)(scaled / Scale));
        if (scaled < 0 || value.PerSecond > maximumPerSecond)
        {
            problem = scaled < 0 ? new OptionProblem("is negative", "use 0/s or more")
                : new OptionProblem("is too high", $"use {new Rate(maximumPerSecond)} or less");
            return false;
        }

        return true;
    }

    public override JsonObject CreateSchema() => Pattern(@"^[0-9]+(\.[0-9]+)? *(/s|/m|/h)$");
}
