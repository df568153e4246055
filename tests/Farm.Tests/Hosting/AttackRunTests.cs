using UeFarm.Farm.Report;

namespace UeFarm.Farm.Tests.Hosting;

[Collection(WholeRuns.Name)]
public class AttackRunTests
{
    private const string Scenario = """
        version: 1
        name: attacked
        seed: 7
        subscribers: { count: 20, auth: { scheme: md5, secretsFrom: derived } }
        replayCache: { entries: 1000 }
        traffic: { rate: 80/s, size: 40B }
        faults:
          attacks: { replay: 10/s, altered-outside-mac: 10/s, forged: 10/s, altered-body: 10/s, transplant: 10/s, far-future: 10/s }
        phases:
          - { name: record, for: 1s }
          - { name: attack, for: 4s }
          - { name: settle, traffic: off, for: 500ms }
        """;

    [Theory]
    [InlineData("real", "modified", "tcp")]
    [InlineData("real", "per-sender", "tcp")]
    [InlineData("real", "modified", "udp")]
    [InlineData("virtual", "modified", "tcp")]
    [InlineData("virtual", "modified", "udp")]
    public async Task No_attack_is_accepted_each_is_refused_for_its_own_reason_and_genuine_traffic_does_not_notice(string clock, string policy, string transport)
    {
        using var run = await PlayedRun.PlayAsync(Scenario, $"clock={clock}", $"replayCache.policy={policy}", $"target.transport={transport}");

        Assert.All(run.Document.Invariants, invariant => Assert.True(invariant.Held, $"{invariant.Name}: {invariant.Detail}"));
        Assert.True(run.Document.Ledger.Sent > 200);

        // Views are told by the wall clock, which virtual time hardly needs.
        Assert.True(clock == "virtual" || !run.View.Snapshots.IsEmpty);
        Assert.Equal(run.Document.Ledger.Sent, run.Document.Ledger.Accepted);
        Assert.Equal(["altered-body", "altered-outside-mac", "far-future", "forged", "replay", "transplant"], run.Document.Attacks.Select(attack => attack.Kind).Order());
        AssertOnly(run, "replay", "duplicate");
        AssertOnly(run, "altered-outside-mac", "malformed-mikey");
        AssertOnly(run, "forged", "mac-invalid");
        AssertOnly(run, "altered-body", "open-failed");
        AssertOnly(run, "transplant", "open-failed");
        AssertOnly(run, "far-future", "mac-invalid");
    }

    [Fact]
    public async Task With_a_bound_on_the_future_a_far_date_is_refused_before_any_key_is_asked_for()
    {
        using var run = await PlayedRun.PlayAsync(Scenario, "replayCache.futureBound=5m", "phases[1].for=2s");

        AssertOnly(run, "far-future", "future");
        AssertOnly(run, "forged", "mac-invalid");
        Assert.Equal(run.Document.Ledger.Sent, run.Document.Ledger.Accepted);
    }

    [Fact]
    public async Task Over_datagrams_that_get_lost_attacks_are_sent_again_and_each_is_judged_once()
    {
        using var run = await PlayedRun.PlayAsync(
            Scenario, "clock=virtual", "target.transport=udp", "faults.network.loss=10%", "faults.network.duplicate=10%", "phases[2].for=5s");

        Assert.All(run.Document.Invariants, invariant => Assert.True(invariant.Held, $"{invariant.Name}: {invariant.Detail}"));
        Assert.Equal(6, run.Document.Attacks.Count);
        Assert.All(run.Document.Attacks, attack => Assert.Equal((attack.Sent, 0L, 0L), (attack.Rejected, attack.Accepted, attack.Unanswered)));
        AssertOnly(run, "forged", "mac-invalid");

        // A copy that was sent because an answer got lost may be held back as well: then the message itself had arrived before.
        var altered = run.Document.Attacks.Single(attack => attack.Kind == "altered-body");
        Assert.True(altered.Outcomes["open-failed"] > 10);
        Assert.Equal(altered.Sent, altered.Outcomes["open-failed"] + altered.Outcomes.GetValueOrDefault("duplicate"));
    }

    private static void AssertOnly(PlayedRun run, string kind, string outcome)
    {
        var attack = Assert.Single(run.Document.Attacks, attack => attack.Kind == kind);
        Assert.True(attack.Sent >= 5, $"{kind} was tried {attack.Sent} times only");
        Assert.Equal(new AttackResult(kind, attack.Sent, 0, attack.Sent, 0, attack.Outcomes), attack);
        Assert.Equal([KeyValuePair.Create(outcome, attack.Sent)], attack.Outcomes);
    }
}
