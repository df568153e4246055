using System.Globalization;
using System.Text.Json.Nodes;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Scenarios;

/// <summary>A threshold: metric, optional labels and statistic, comparison, value with unit.</summary>
internal sealed class ThresholdKind : OptionKind<Threshold>
{
    public override string Name => "threshold";

    public override string Allowed => "METRIC[{label=\"value\"}][.STAT] == | != | < | <= | > | >= NUMBER[UNIT]";

    public override bool TryRead(string text, out Threshold value, out OptionProblem problem)
    {
        problem = default;
        if (ThresholdParser.TryParse(text, out var parsed, out var fault))
        {
            value = parsed;
            return true;
        }

        value = null!;

        problem = new OptionProblem(string.Create(CultureInfo.InvariantCulture, $"is wrong at character {fault.Position + 1}: {fault.Problem}"), fault.Remedy);
        return false;
    }

    public override JsonObject CreateSchema() => Pattern("^[a-z_]+(\\{[^}]*\\})?(\\.[a-z0-9]+)? *(==|!=|<=|>=|<|>) *-?[0-9.]+ *(us|ms|s|m|h|%|/s|B|kB|KiB|MB|MiB|GB|GiB)?$");
}
