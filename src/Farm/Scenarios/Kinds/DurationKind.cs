using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>A length of time with a unit, both ends of the range included.</summary>
internal sealed class DurationKind(TimeSpan minimum, TimeSpan maximum) : OptionKind<TimeSpan>
{
    public const string SchemaPattern = @"^[0-9]+(\.[0-9]+)? *(ms|s|m|h|d)$";

    private static readonly (string, decimal)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
        ("d", TimeSpan.TicksPerDay),
    ];

    public override string Name => "duration";

    public override string Allowed => $"a duration from {UnitText.Duration(minimum)} to {UnitText.Duration(maximum)} (units ms, s, m, h, d)";

    public override bool TryRead(string text, out TimeSpan value, out OptionProblem problem)
    {
        value = default;
        if (!Quantity.TryRead(text, Units, "10s", out var ticks, out problem))
        {
            return false;
        }

        if (ticks < minimum.Ticks || ticks > maximum.Ticks)
        {
            problem = ticks < minimum.Ticks
                ? new OptionProblem("is too short", $"use {UnitText.Duration(minimum)} or more")
                : new OptionProblem("is too long", $"use {UnitText.Duration(maximum)} or less");
            return false;
        }

        value = new TimeSpan((long)ticks);
        return true;
    }

    public override JsonObject CreateSchema() => Pattern(SchemaPattern);
}
