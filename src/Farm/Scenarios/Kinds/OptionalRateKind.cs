using System.Globalization;
using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>A rate above zero, or <c>off</c> (null): no limit.</summary>
internal sealed class OptionalRateKind(double maximumPerSecond) : OptionKind<Rate?>
{
    private readonly RateKind _rate = new(maximumPerSecond);

    public override string Name => "off or rate";

    public override string Allowed => string.Create(CultureInfo.InvariantCulture, $"off, or a rate above 0/s, up to {maximumPerSecond}/s (units /s, /m, /h)");

    public override bool TryRead(string text, out Rate? value, out OptionProblem problem)
    {
        value = null;
        problem = default;
        if (text == "off")
        {
            return true;
        }

        if (!_rate.TryRead(text, out var rate, out problem))
        {
            return false;
        }

        if (rate.PerSecond <= 0)
        {
            problem = new OptionProblem("lets nothing through", "write off for no limit, or a rate above 0/s");
            return false;
        }

        value = rate;
        return true;
    }

    public override JsonObject CreateSchema() =>
        new() { ["anyOf"] = new JsonArray(new JsonObject { ["enum"] = new JsonArray("off", false) }, _rate.CreateSchema()) };
}
