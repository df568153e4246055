using UeFarm.Farm.Report;
using UeFarm.Farm.Report.Comparison;
using UeFarm.Farm.Report.Html;
using UeFarm.Farm.Report.Stored;
using UeFarm.Farm.Tests.Support;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Tests.Report;

public class ComparisonTests
{
    [Theory]
    [InlineData(0.100, 0.080, ThresholdUnit.Time, "LowerIsBetter", "Better")]
    [InlineData(0.100, 0.120, ThresholdUnit.Time, "LowerIsBetter", "Worse")]
    [InlineData(0.100, 0.1009, ThresholdUnit.Time, "LowerIsBetter", "Same")]
    [InlineData(0.100, 0.1011, ThresholdUnit.Time, "LowerIsBetter", "Worse")]
    [InlineData(0.0, 0.001, ThresholdUnit.Time, "LowerIsBetter", "Worse")]
    [InlineData(100_000.0, 100_001.0, ThresholdUnit.Count, "LowerIsBetter", "Worse")]
    [InlineData(7.0, 7.0, ThresholdUnit.Count, "LowerIsBetter", "Same")]
    [InlineData(0.9999, 0.9998, ThresholdUnit.Share, "HigherIsBetter", "Worse")]
    [InlineData(0.9, 0.95, ThresholdUnit.Share, "HigherIsBetter", "Better")]
    [InlineData(100.0, 200.0, ThresholdUnit.Count, "Neutral", "Different")]
    [InlineData(null, 5.0, ThresholdUnit.Count, "LowerIsBetter", "OneSided")]
    [InlineData(5.0, null, ThresholdUnit.Count, "LowerIsBetter", "OneSided")]
    [InlineData(null, null, ThresholdUnit.Count, "LowerIsBetter", "Same")]
    public void A_figure_is_judged_by_its_direction(double? before, double? after, object unit, string direction, string change) =>
        Assert.Equal(change, new ComparedValue("x", before, after, (ThresholdUnit)unit, Enum.Parse<Direction>(direction)).Change.ToString());

    [Theory]
    [InlineData(4.0, 5.0, 1.0, 0.25)]
    [InlineData(4.0, 3.0, -1.0, -0.25)]
    [InlineData(-4.0, -2.0, 2.0, 0.5)]
    [InlineData(0.0, 3.0, 3.0, null)]
    [InlineData(null, 3.0, null, null)]
    public void Differences_are_absolute_and_relative_to_the_first(double? before, double? after, double? difference, double? relative)
    {
        var value = new ComparedValue("x", before, after, ThresholdUnit.Count, Direction.Neutral);

        Assert.Equal((difference, relative), (value.Difference, value.Relative));
    }

    [Fact]
    public void A_run_is_the_same_as_itself() =>
        Assert.All(
            RunComparison.Of(Samples.Result(), Samples.Result()).SelectMany(static group => group.Values),
            static value => Assert.Equal((Change.Same, true), (value.Change, value.Difference is 0 or null)));

    [Fact]
    public void What_only_one_run_has_is_said_and_reasons_that_did_not_occur_are_zero()
    {
        var before = Samples.Result();
        var groups = RunComparison.Of(before, before with
        {
            ReplayCapacity = null,
            Attacks = [before.Attacks[0] with { Kind = "far-future", Accepted = 2 }],
            Rejections = new Dictionary<string, long> { ["window"] = 3 },
        });

        Assert.All(Group("Replay cache, entries needed"), static value => Assert.Equal(Change.OneSided, value.Change));
        Assert.All(Group("Attack: replay").Concat(Group("Attack: far-future")), static value => Assert.Equal(Change.OneSided, value.Change));
        Assert.Equal(
            [("stale", 12.0, 0.0, Change.Better), ("tie", 5, 0, Change.Better), ("window", 0, 3, Change.Worse)],
            Group("Rejected, by reason").Select(static value => (value.Name, value.Before!.Value, value.After!.Value, value.Change)));

        IReadOnlyList<ComparedValue> Group(string name) => groups.Single(group => group.Name == name).Values;
    }

    [Theory]
    [InlineData(30_012, Change.Better, Change.Better)]
    [InlineData(15_006, Change.Different, Change.Worse)]
    public void Counts_are_judged_where_the_traffic_is_alike_and_shares_always(long sent, object count, object share)
    {
        var before = Samples.Result();
        var after = before with { Ledger = before.Ledger with { Sent = sent, Failed = 90 }, Failures = new Dictionary<string, long> { ["timeout"] = 90 } };

        var groups = RunComparison.Of(before, after);

        Assert.Equal(count, ChangeOf("Messages", "failed"));
        Assert.Equal(count, ChangeOf("Failed, by reason", "timeout"));
        Assert.Equal(share, ChangeOf("Messages", "failed, share"));

        object ChangeOf(string group, string name) => groups.Single(each => each.Name == group).Values.Single(value => value.Name == name).Change;
    }

    [Fact]
    public void Scenarios_are_compared_key_by_key_as_they_were_played()
    {
        var before = Echo("# one\nname: a\ntraffic: { rate: 10/s, size: 40B }\nphases:\n  - { name: x, for: 5s }\n", "seed=1");
        var after = Echo("name: a\ntraffic:\n  rate: 10/s\nphases: [ { name: x, for: 5s }, { name: y, for: 1s } ]\n", "phases[0].for=7s", "seed=1");

        Assert.Equal(
            [
                new KeyDifference("traffic.size", "40B", null), new KeyDifference("phases[0].for", "5s", "7s"), new KeyDifference("phases[1].name", null, "y"),
                new KeyDifference("phases[1].for", null, "1s"),
            ],
            ScenarioDifference.Of(before, after));
        Assert.Equal([], ScenarioDifference.Of(before, before));
    }

    [Theory]
    [InlineData("page.listen", true)]
    [InlineData("metrics.port", true)]
    [InlineData("metrics.linger", true)]
    [InlineData("results.ledger", true)]
    [InlineData("name", false)]
    [InlineData("traffic.rate", false)]
    [InlineData("pages[0].for", false)]
    public void What_a_run_is_watched_with_is_no_part_of_what_it_plays(string key, bool isOfWatching) =>
        Assert.Equal(isOfWatching, new KeyDifference(key, null, "1").IsOfWatching);

    [Fact]
    public void Runs_that_were_only_watched_otherwise_played_the_same_and_the_page_says_both()
    {
        var before = Samples.Result() with { Changes = [] };
        var after = before with { Scenario = before.Scenario with { Overrides = [.. before.Scenario.Overrides, "page.listen=127.0.0.1:0", "metrics.port=9464"] } };

        var page = ComparisonReport.Write(new StoredRun(before, [], []), new StoredRun(after, [], []));

        var outline = PageOutline.Of(HtmlDocuments.Read(page));
        Assert.Contains("Nothing: both runs played the same.", outline, StringComparison.Ordinal);
        Assert.Contains("page.listen (not written, 127.0.0.1:0); metrics.port (not written, 9464).", outline, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: [")]
    [InlineData("- a")]
    [InlineData("a: 1", "phases[3].for=7s")]
    public void A_scenario_that_is_not_readable_is_not_compared(string text, params string[] overrides) =>
        Assert.Null(ScenarioDifference.Of(Echo("a: 1"), Echo(text, overrides)));

    [Fact]
    public void The_page_is_sound_and_says_what_was_approved()
    {
        var before = Samples.Result();
        var after = before with
        {
            Scenario = before.Scenario with { Overrides = ["traffic.rate=20/s", "name=</td><script>"] },
            Ledger = before.Ledger with { Sent = 30_100, Accepted = 29_971, Failed = 108 },
            Latencies = [before.Latencies[0] with { P50 = 0.02, P99 = 0.9 }, .. before.Latencies.Skip(1)],
            Series = [.. before.Series, before.Series[0] with { Seconds = 2, Accepted = 20 }],
        };

        var page = ComparisonReport.Write(new StoredRun(before, [], []), new StoredRun(after, [], []));

        HtmlDocuments.AssertSound(page);
        Approved.Matches(PageOutline.Of(HtmlDocuments.Read(page)), "tests", "Farm.Tests", "Approved", "comparison.txt");
    }

    private static ScenarioEcho Echo(string text, params string[] overrides) => new("a", "a.yaml", "", overrides, text);
}
