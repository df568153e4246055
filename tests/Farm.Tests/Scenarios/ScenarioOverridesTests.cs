using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Scenarios;

public class ScenarioOverridesTests
{
    [Fact]
    public void Overrides_beat_the_file_at_every_depth()
    {
        var scenario = Samples.Scenario(
            Samples.Minimal, "seed=9", "traffic.rate=20/s", "phases[1].for=1m", "traffic.recipients.pick=ring", "target.allow=[10.0.0.0/8, 127.0.0.0/8]",
            "subscribers.auth={ scheme: md5 }", "thresholds=['sent > 5', \"accepted.rate > 1/s\"]", "name='quoted'");

        Assert.Equal((9, "quoted", AuthenticationScheme.Md5), (scenario.Seed, scenario.Name, scenario.Subscribers.Scheme));
        Assert.Equal(20, scenario.Traffic.Rate.PerSecond);
        Assert.Equal([TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1)], scenario.Phases.Select(phase => phase.Length));
        Assert.Equal(RecipientPick.Ring, scenario.Traffic.Pick);
        Assert.Equal(["10.0.0.0/8", "127.0.0.0/8"], scenario.Target.Allow.Select(network => network.ToString()));
        Assert.Equal(["sent > 5", "accepted.rate > 1/s"], scenario.Thresholds.Select(threshold => threshold.Text));
    }

    [Fact]
    public void The_last_of_two_overrides_wins() => Assert.Equal(3, Samples.Scenario(Samples.Minimal, "seed=2", "seed=3").Seed);

    [Fact]
    public void An_override_takes_the_place_of_the_other_way_to_say_the_same() =>
        Assert.Equal(5, Samples.Scenario(Samples.Minimal + "\nreplayCache: { bytes: 1MB }", "replayCache.entries=5").ReplayCache.CapacityEntries);

    [Theory]
    [InlineData("traffic.rate=20", "--set traffic.rate=20: traffic.rate '20' has no unit")]
    [InlineData("trafic.rate=20/s", "--set trafic.rate=20/s: trafic is not a known key")]
    [InlineData("traffic.rte=20/s", "--set traffic.rte=20/s: traffic.rte is not a known key")]
    [InlineData("phases[2].for=1s", "phases[2].for points at a list item that does not exist")]
    [InlineData("nosuch[0]=1", "the list is empty or missing")]
    [InlineData("seed", "seed is not an override")]
    [InlineData("=5", "is not an override")]
    [InlineData("a b=5", "is not an override")]
    [InlineData("seed=", "seed has no value")]
    [InlineData("target.allow=[10.0.0.0/8", "target.allow '[10.0.0.0/8' is not readable")]
    [InlineData("phases[1].offline=200%", "phases[1].offline '200%' is more than the whole")]
    public void A_wrong_override_is_named(string text, string expected) =>
        Assert.Contains(expected, Assert.Single(Samples.Mistakes(Samples.Minimal, text)), StringComparison.Ordinal);

    [Fact]
    public void Mistakes_of_overrides_come_together_with_those_of_the_file()
    {
        var mistakes = Samples.Mistakes(Samples.Minimal + "\nclock: fast", "traffic.rate=1", "seed=-1");

        Assert.Equal(3, mistakes.Count);
    }
}
