using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>A duration, or <c>off</c> (null).</summary>
internal sealed class OptionalDurationKind(TimeSpan minimum, TimeSpan maximum) : OptionKind<TimeSpan?>
{
    private readonly DurationKind _duration = new(minimum, maximum);

    public override string Name => "off or duration";

    public override string Allowed => $"off, or {_duration.Allowed}";

    public override bool TryRead(string text, out TimeSpan? value, out OptionProblem problem)
    {
        value = null;
        problem = default;
        if (text == "off")
        {
            return true;
        }

        if (!_duration.TryRead(text, out var duration, out problem))
        {
            return false;
        }

        value = duration;
        return true;
    }

    public override JsonObject CreateSchema() =>
        new() { ["anyOf"] = new JsonArray(new JsonObject { ["enum"] = new JsonArray("off", false) }, _duration.CreateSchema()) };
}
