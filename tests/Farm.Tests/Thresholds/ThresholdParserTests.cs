using CsCheck;
using UeFarm.Farm.Tests.Support;
using UeFarm.Farm.Thresholds;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Farm.Tests.Thresholds;

public class ThresholdParserTests
{
    [Theory]
    [InlineData("sent > 5", "sent", null, 5)]
    [InlineData("sent.rate >= 99.5/s", "sent", "rate", 99.5)]
    [InlineData("accepted.share >= 99.9%", "accepted", "share", 0.999)]
    [InlineData("accepted.share >= 0.999", "accepted", "share", 0.999)]
    [InlineData("delivery.p99 < 5s", "delivery", "p99", 5)]
    [InlineData("delivery.p999<250ms", "delivery", "p999", 0.25)]
    [InlineData("  answer.mean  <=  100 us ", "answer", "mean", 0.0001)]
    [InlineData("registration.max != 2m", "registration", "max", 120)]
    [InlineData("lag.p50 < 1h", "lag", "p50", 3600)]
    [InlineData("registered.share == 100%", "registered", "share", 1)]
    [InlineData("unaccounted == 0", "unaccounted", null, 0)]
    [InlineData("memory.growth < 10%", "memory", "growth", 0.1)]
    [InlineData("heap.peak < 0.5 GB", "heap", "peak", 5e8)]
    [InlineData("store.peak <= 64MiB", "store", "peak", 67_108_864)]
    public void Values_are_read_into_base_units(string text, string metric, string? stat, double value)
    {
        var threshold = Samples.Threshold(text);

        Assert.Equal((metric, stat, text.Trim()), (threshold.Metric, threshold.Stat, threshold.Text));
        Assert.Equal(value, threshold.Value, 12);
    }

    [Fact]
    public void Labels_are_read()
    {
        var threshold = Samples.Threshold("attacks{ kind = \"forged\" , outcome=\"accepted\" }.share == 0%");

        Assert.Equal(new Dictionary<string, string> { ["kind"] = "forged", ["outcome"] = "accepted" }, threshold.Labels);
    }

    [Theory]
    [InlineData("==", ThresholdOperator.Equal)]
    [InlineData("!=", ThresholdOperator.NotEqual)]
    [InlineData("<", ThresholdOperator.Less)]
    [InlineData("<=", ThresholdOperator.LessOrEqual)]
    [InlineData(">", ThresholdOperator.Greater)]
    [InlineData(">=", ThresholdOperator.GreaterOrEqual)]
    internal void All_comparisons_are_read(string text, ThresholdOperator expected) => Assert.Equal(expected, Samples.Threshold($"sent{text}1").Operator);

    [Theory]
    [InlineData("", 0, "a metric name is missing")]
    [InlineData("rejectd == 0", 0, "'rejectd' is not a known metric")]
    [InlineData("Sent == 0", 0, "'Sent' is not a known metric")]
    [InlineData("delivery < 5s", 8, "delivery needs a statistic")]
    [InlineData("delivery.p98 < 5s", 9, "'p98' is not a statistic of delivery")]
    [InlineData("sent. > 5", 5, "'' is not a statistic of sent")]
    [InlineData("unaccounted.rate == 0/s", 12, "'rate' is not a statistic of unaccounted")]
    [InlineData("rejected{reasn=\"stale\"} == 0", 9, "'reasn' is not a label of rejected")]
    [InlineData("rejected{} == 0", 9, "a label name is missing")]
    [InlineData("rejected{reason=stale} == 0", 16, "=\"value\" is missing after the label")]
    [InlineData("rejected{reason=\"stael\"} == 0", 17, "'stael' is not a value of reason")]
    [InlineData("rejected{reason=\"stale} == 0", 17, "'stale} == 0' is not a value of reason")]
    [InlineData("rejected{reason=\"stale\" == 0", 24, "the closing brace is missing")]
    [InlineData("rejected{reason=\"stale\",reason=\"tie\"} == 0", 32, "'reason' is given twice")]
    [InlineData("sent{reason=\"stale\"} == 0", 5, "'reason' is not a label of sent")]
    [InlineData("sent 5", 5, "a comparison is missing")]
    [InlineData("sent = 5", 5, "a comparison is missing")]
    [InlineData("sent =< 5", 5, "a comparison is missing")]
    [InlineData("sent >", 6, "a number is missing")]
    [InlineData("sent > many", 7, "a number is missing")]
    [InlineData("sent > 1.2.3", 7, "a number is missing")]
    [InlineData("sent > 5s", 8, "'s' does not fit here")]
    [InlineData("delivery.p99 < 5", 16, "the value has no unit")]
    [InlineData("delivery.p99 < 5%", 16, "'%' does not fit here")]
    [InlineData("sent.rate > 5", 13, "the value has no unit")]
    [InlineData("memory.peak < 5", 15, "the value has no unit")]
    [InlineData("memory.growth < 5MB", 17, "'MB' does not fit here")]
    [InlineData("sent > 5 or so", 9, "'or so' does not fit here")]
    public void Faults_name_place_and_problem(string text, int position, string problem)
    {
        Assert.False(ThresholdParser.TryParse(text, out _, out var fault));
        Assert.Equal((position, problem), (fault.Position, fault.Problem));
        Assert.NotEmpty(fault.Remedy);
    }

    [Fact]
    public void No_text_makes_the_parser_throw_and_every_refusal_has_a_place_inside()
    {
        string[] pieces =
            ["sent", "rejected", "delivery", "{", "}", "reason", "=", "\"stale\"", "\"", ".p99", ".", "==", "<", " ", "5", "s", "%", "-", ",", "\0", "é"];
        Gen.Int[0, pieces.Length - 1].Array[0, 12].Select(indexes => string.Concat(indexes.Select(index => pieces[index]))).Sample(text =>
            ThresholdParser.TryParse(text, out var threshold, out var fault) ? threshold!.Text == text.Trim() : fault.Position >= 0
                && fault.Position <= text.Length);
    }

    [Fact]
    public void A_text_without_end_is_refused() => Assert.False(ThresholdParser.TryParse("sent > " + new string('1', 10_000), out _, out _));

    [Fact]
    public void Every_outcome_of_a_phone_but_acceptance_is_a_reason()
    {
        Assert.Equal(Enum.GetValues<ReceiveOutcome>().Length - 2, ThresholdCatalogue.RejectedReasons.Count);
        Assert.Contains("mac-invalid", ThresholdCatalogue.RejectedReasons);
        Assert.Contains("stale", ThresholdCatalogue.RejectedReasons);
        Assert.DoesNotContain("accepted", ThresholdCatalogue.RejectedReasons);
        Assert.DoesNotContain("plain-accepted", ThresholdCatalogue.RejectedReasons);
    }

    [Fact]
    public void Attack_kinds_are_those_of_the_scenario() =>
        Assert.Equal(Samples.Scenario().Faults.ByKind.Select(attack => attack.Kind), ThresholdCatalogue.AttackKinds);

    [Fact]
    public void Every_combination_of_the_catalogue_can_be_written()
    {
        foreach (var metric in ThresholdCatalogue.Metrics)
        {
            foreach (var stat in metric.Stats)
            {
                var unit = ThresholdCatalogue.UnitOf(stat) switch
                {
                    ThresholdUnit.Time => "s",
                    ThresholdUnit.Rate => "/s",
                    ThresholdUnit.Share => "%",
                    ThresholdUnit.Size => "MiB",
                    _ => "",
                };
                foreach (var label in metric.Labels.SelectMany(label => label.Value.Select(value => $"{{{label.Key}=\"{value}\"}}")).Append(""))
                {
                    Samples.Threshold($"{metric.Name}{label}{(stat.Length == 0 ? "" : "." + stat)} <= 1{unit}");
                }
            }
        }
    }
}
