using UeFarm.Farm.Console;
using UeFarm.Farm.Guards;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Console;

public class PlanTextTests
{
    private const string Storm = """
        version: 1
        name: storm
        seed: 20120722
        target: { core: "sip:192.0.2.7;transport=udp", as: external, allow: [127.0.0.0/8, 192.0.2.0/24] }
        subscribers: { count: 5000 }
        security: { sign: ecdsa-p256, encrypt: aes-256-gcm }
        replayCache: { entries: 1000, futureBound: 5m, onRestart: empty }
        applicationServer: { window: 4 }
        traffic: { rate: 500/s, size: 160B-1400B }
        phases:
          - { name: warm-up, for: 10s }
          - { name: outage-of-a-whole-region, offline: 60%, cut: silent, for: 20s }
          - { name: drip, online: 50%, within: 5s, for: 30s, rate: 50/s }
          - { name: storm, online: all, for: 30s }
          - { name: rest, for: 1m, traffic: off }
        faults: { attacks: { replay: 20/s, forged: 5/s } }
        thresholds:
          - rejected{reason="stale"} == 0
          - delivery.p99 < 5s
        limits: { maxUes: 4000 }
        """;

    [Fact]
    public void The_plan_is_as_approved() => Approved.Matches(string.Join('\n', Lines(Storm)) + "\n", "tests", "Farm.Tests", "Approved", "check.txt");

    [Fact]
    public void A_plan_in_virtual_time_tells_its_network_and_has_no_longest_length()
    {
        var lines = Lines(Samples.Minimal + "\nclock: virtual\ntarget: { transport: udp }\nfaults: { network: { loss: 2%, latency: 40ms } }\n");
        var text = string.Join(' ', lines.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Contains("Clock virtual, on a network in memory: 40ms a hop, loss 2%, duplicates 0%, reordered 0%", text, StringComparison.Ordinal);
        Assert.Contains("length 30s of any in virtual time: all pass", text, StringComparison.Ordinal);
        Assert.Contains("virtual time: nothing is sent", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5ms", true)]
    [InlineData("1ms", false)]
    public void In_virtual_time_a_phone_that_is_sent_more_than_its_round_trips_let_through_is_named(string latency, bool isNamed)
    {
        var plan = RunPlan.Of(Samples.Scenario(
            Samples.Minimal + "\nclock: virtual\nfaults: { network: { latency: " + latency + " } }\n",
            "subscribers.count=5000", "traffic.rate=500/s", "traffic.recipients.pick=zipf"));

        // 500/s, of which 1 / (1 + 2^-1.1 + ... + 5000^-1.1) are for the first.
        const string Expected = "the most popular phone is sent up to 79 messages/s and takes at most 50/s, one at a time over four hops: the rest waits in its mailbox.";
        Assert.Equal(isNamed, plan.Notices.Contains(Expected));
    }

    [Fact]
    public void No_line_is_longer_than_80_columns()
    {
        Assert.All(Lines(Storm), line => Assert.True(line.Length <= 80, line));
        Assert.All(Lines(ScenarioTemplate.Write()), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void Phases_follow_each_other_and_phones_are_counted_along()
    {
        var plan = RunPlan.Of(Samples.Scenario(Storm));

        Assert.Equal([(5000, 5000), (5000, 2000), (2000, 3500), (3500, 5000), (5000, 5000)],
            plan.Phases.Select(phase => (phase.OnlineBefore, phase.OnlineAfter)));
        Assert.Equal([0, 10, 30, 60, 90], plan.Phases.Select(phase => phase.Start.TotalSeconds));
        Assert.Equal([5000, 10_000, 1500, 15_000, 0], plan.Phases.Select(phase => phase.ExpectedMessages));
        Assert.Equal((31_500, 525, 150), (plan.ExpectedMessages, plan.PeakRatePerSecond, plan.Length.TotalSeconds));
    }

    [Fact]
    public void Limits_of_the_drain_are_part_of_the_plan_where_there_are_any()
    {
        const string Limits = "applicationServer: { drainRate: 2000/s, drainRatePerUe: 30/m }\n";

        Assert.Contains("Drain         at most 2000/s over all phones, 0.5/s to one phone", Lines(Samples.Minimal + "\n" + Limits));
        Assert.DoesNotContain(Lines(Samples.Minimal), line => line.StartsWith("Drain", StringComparison.Ordinal));
        Assert.DoesNotContain(Lines(Samples.Minimal + "\n" + Limits + "target: { as: external }\n"), line => line.StartsWith("Drain", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("all", "Reports       asked for: every delivery, failure and storing")]
    [InlineData("negative", "Reports       asked for: failures")]
    public void Reports_that_are_asked_for_are_part_of_the_plan(string reports, string line)
    {
        Assert.Contains(line, Lines(Samples.Minimal.Replace("rate: 10/s", $"rate: 10/s, reports: {reports}", StringComparison.Ordinal)));
        Assert.DoesNotContain(Lines(Samples.Minimal), each => each.StartsWith("Reports", StringComparison.Ordinal));
    }

    [Fact]
    public void Replay_caches_are_counted_by_what_arrives_and_not_beyond_their_capacity()
    {
        var few = MemoryEstimate.Of(Samples.Scenario(Samples.Minimal, "replayCache.entries=1000000"), 300);
        var full = MemoryEstimate.Of(Samples.Scenario(Samples.Minimal, "replayCache.entries=2"), 1_000_000);
        var plain = MemoryEstimate.Of(Samples.Scenario(Samples.Minimal, "security.body=plain"), 1_000_000);

        Assert.Equal(300 * 28 * 1.6, few.ReplayCaches, 3);
        Assert.Equal(100 * 2 * 28 * 1.6, full.ReplayCaches, 3);
        Assert.Equal(0, plain.ReplayCaches);

        // A hundred phones: each can have 64 of its 99 senders in partitions of their own.
        var apart = MemoryEstimate.Of(Samples.Scenario(Samples.Minimal, "replayCache.entries=64", "replayCache.policy=per-sender"), 1_000_000);
        Assert.Equal((100 * 64 * 28 * 1.6) + (100 * 64 * 310), apart.ReplayCaches, 3);
    }

    [Fact]
    public void The_plan_names_policy_and_partitions() =>
        Assert.Contains(
            "Replay cache  modified rule per sender, 8 partitions, 35,714 entries of 28",
            Lines(Samples.Minimal + "\nreplayCache: { policy: per-sender, senderPartitions: 8 }").Select(static line => line[..Math.Min(74, line.Length)]));

    private static IReadOnlyList<string> Lines(string text)
    {
        var read = ScenarioReader.Read(text, "storm.yaml", []);
        Assert.True(read.IsValid, string.Join('\n', read.Errors.Select(error => error.Format("storm.yaml"))));
        var plan = RunPlan.Of(read.Scenario);
        return PlanText.Lines(plan, read.Source, SafetyGuards.Check(plan));
    }
}
