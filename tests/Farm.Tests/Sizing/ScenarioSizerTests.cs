using System.Text.Json;
using UeFarm.Actors.Sizing;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Sizing;
using UeFarm.Farm.Tests.Hosting;
using UeFarm.Farm.Tests.Support;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Tests.Sizing;

[Collection(WholeRuns.Name)]
public sealed class ScenarioSizerTests
{
    // Four stay, two leave; what is written to those two meanwhile is stored. When they are back, live messages of two seconds come first, then nothing, then
    // what was stored: whether a stored message is refused depends on numbers that the schedule fixes, and on no timing finer than half a second.
    private const string Robust = """
        version: 1
        name: robust
        seed: 4
        subscribers: { count: 6, auth: { scheme: md5, secretsFrom: derived } }
        replayCache: { entries: 8 }
        applicationServer: { order: oldest-first, window: 1, live: bypass, drainDelay: 4s, holdTime: 2s }
        traffic: { rate: 0/s, arrivals: uniform, size: 40B, recipients: { pick: uniform } }
        phases:
          - { name: leave, offline: 2, cut: clean, for: 1s }
          - { name: stored, for: 2s, rate: 60/s }
          - { name: pause, for: 500ms }
          - { name: back, online: all, for: 1s }
          - { name: live, for: 2s, rate: 30/s }
          - { name: drain, for: 3s }
        results: { arrivals: true, ledger: true }
        """;

    /// <summary>Share of all messages refused as stale, as comments and docs/sizing.md say.</summary>
    private static readonly Dictionary<string, double> RefusedByPoison = new() { ["poison"] = 0.782, ["poison-bounded"] = 0.021, ["poison-per-sender"] = 0.044 };

    [Theory]
    [InlineData]

    // A partition for each of five senders, so that no phone's key decides anything.
    [InlineData("replayCache.policy=per-sender", "replayCache.senderPartitions=8")]
    public async Task The_same_scenario_gives_every_message_the_same_verdict_in_real_time_in_virtual_time_and_in_sizing(params string[] overrides)
    {
        using var run = await PlayedRun.PlayAsync(Robust, overrides);
        using var inMemory = await PlayedRun.PlayAsync(Robust, [.. overrides, "clock=virtual"]);
        var real = VerdictsOf(run);
        var sized = new Dictionary<int, string>();
        var read = ScenarioReader.Read(Robust, "robust.yaml", overrides);
        var result = new SizingRun(
            ScenarioSizer.SettingsOf(read.Scenario!),
            arrival => sized.TryAdd(arrival.Message, arrival.Verdict == ReplayVerdict.Accepted ? "accepted" : "stale"))
            .Play(null, TestContext.Current.CancellationToken);

        Assert.Equal(real.Where(message => message.Value != "accepted" && message.Value != "stale"), []);
        Assert.Equal(real.OrderBy(message => message.Key), sized.OrderBy(message => message.Key));
        Assert.Equal(real.OrderBy(message => message.Key), VerdictsOf(inMemory).OrderBy(message => message.Key));
        Assert.True(result.Stale > 5 && result.Accepted > 100, $"{result.Stale} stale, {result.Accepted} accepted");
        Assert.Equal(result.Stale, run.Document.Ledger.Rejected);
        Assert.Equal(("real", "virtual"), (run.Document.Clock, inMemory.Document.Clock));
    }

    [Theory]
    [InlineData("month-offline", 1, 1)]
    [InlineData("weekend-offline", 2, 8)]
    [InlineData("two-servers", 500, 1200)]
    [InlineData("skewed-clocks", 10, 30)]
    [InlineData("poison", 120, 220)]
    [InlineData("poison-bounded", 70, 130)]
    [InlineData("poison-per-sender", 120, 220)]
    [InlineData("seed-example-hour", 46_000, 48_000)]
    public async Task Each_soak_scenario_sizes_as_its_comments_say(string name, int least, int most)
    {
        using var cli = new CliHarness();
        string[] shorter = name == "month-offline" ? ["--set", "traffic.rate=0.05/s"] : [];
        Assert.Equal(0, await cli.RunAsync(["size", Repository.PathOf("scenarios", name + ".yaml"), "--json", .. shorter]));
        var first = cli.Output.ToString();
        using var json = JsonDocument.Parse(first);
        Assert.InRange(json.RootElement.GetProperty("minCapacity").GetInt32(), least, most);
        if (RefusedByPoison.TryGetValue(name, out var refused))
        {
            var facts = json.RootElement.GetProperty("facts").EnumerateArray().ToDictionary(
                static fact => fact.GetProperty("name").GetString()!, static fact => fact.GetProperty("value").GetDouble());
            Assert.InRange((facts.GetValueOrDefault("stale") / facts["due"]) - refused, -0.01, 0.01);
        }

        if (name == "weekend-offline")
        {
            Assert.Equal(0, await cli.RunAsync(["size", Repository.PathOf("scenarios", name + ".yaml"), "--json"]));
            Assert.Equal(first + first, cli.Output.ToString());
        }
    }

    [Fact]
    public void A_comparison_names_every_other_rule_with_its_curve()
    {
        var read = ScenarioReader.Read(Robust, "robust.yaml", ["subscribers.clocks.spread=10ms"]);
        var outcome = new ScenarioSizer().Size(read.Scenario!, compare: true, new Progress<SizingProgress>(), TestContext.Current.CancellationToken);
        Assert.Equal(
            ["timestampBytes: 4 (whole seconds)", "live: behind-drain", "order: arrival", "servers: 2", "clocks: exact", "futureBound: 5m"],
            outcome.Variants.Select(variant => variant.Name));
        Assert.True(outcome.Variants[1].Curve.MinCapacity < outcome.Curve.MinCapacity);
        Assert.Equal(24, outcome.Variants[0].EntryBytes);
        Assert.Equal(6, outcome.Phases.Count);
    }

    [Fact]
    public async Task The_policies_are_set_side_by_side_in_text_and_json()
    {
        using var cli = new CliHarness();
        var file = cli.File("robust.yaml", Robust + "\nfaults: { attacks: { replay: 20/s } }");
        Assert.Equal(0, await cli.RunAsync("size", file, "--compare"));
        var text = cli.Output.ToString();
        Approved.Matches(text, "tests", "Farm.Tests", "Approved", "size-compare.txt");

        Assert.Equal(0, await cli.RunAsync("size", file, "--compare", "--json"));
        using var json = JsonDocument.Parse(cli.Output.ToString()[text.Length..]);
        var policies = json.RootElement.GetProperty("policies").EnumerateArray().ToDictionary(policy => policy.GetProperty("policy").GetString()!);
        Assert.Equal(["modified", "per-sender", "window", "none"], policies.Keys);
        int Number(string policy, string field) => policies[policy].GetProperty(field).GetInt32();
        var minCapacity = json.RootElement.GetProperty("minCapacity").GetInt32();
        Assert.Equal((minCapacity, JsonValueKind.Null), (Number("modified", "minCapacity"), policies["window"].GetProperty("minCapacity").ValueKind));
        Assert.Equal("8 partitions", policies["per-sender"].GetProperty("detail").GetString());
        Assert.Equal(Number("modified", "stale") + Number("modified", "tie") + Number("modified", "future"), Number("modified", "refused"));
        Assert.True(Number("modified", "refused") > 0);
        Assert.True(Number("none", "acceptedTwice") > 50);
        Assert.Equal((0, 0, 0), (Number("modified", "acceptedTwice"), Number("per-sender", "acceptedTwice"), Number("window", "acceptedTwice")));

        Assert.Equal(0, await cli.RunAsync("size", file, "--set", "replayCache.policy=per-sender", "--set", "replayCache.senderPartitions=4"));
        Assert.Contains("Policy per-sender loses nothing with ", cli.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_servers_are_refused_by_run_before_anything_is_sent_by_either_clock()
    {
        using var cli = new CliHarness();
        var file = cli.File("s.yaml", Robust.Replace("window: 1", "window: 1, servers: 2", StringComparison.Ordinal));
        foreach (var clock in new[] { "clock=real", "clock=virtual" })
        {
            Assert.Equal(2, await cli.RunAsync("run", file, "--set", clock));
            Assert.Contains("uefarm size", cli.Error.ToString(), StringComparison.Ordinal);
            Assert.Null(((CliHarness.FixedRunner)cli.Runner).Request);
            Assert.Equal(0, await cli.RunAsync("check", file, "--set", clock));
        }

        Assert.Equal(0, await cli.RunAsync("size", file));
    }

    [Fact]
    public void What_sizing_leaves_out_of_a_lossy_network_is_said()
    {
        var scenario = Samples.Scenario(Robust, "clock=virtual", "target.transport=udp", "faults.network.loss=5%");
        var outcome = new ScenarioSizer().Size(scenario, compare: false, new Progress<SizingProgress>(), TestContext.Current.CancellationToken);
        Assert.Contains(outcome.Remarks, remark => remark.Contains("loses, repeats and reorders nothing", StringComparison.Ordinal));
    }

    private static Dictionary<int, string> VerdictsOf(PlayedRun run) => run.Ledger.ToDictionary(
        row => (int)PlayedRun.Number(row, "seq"), row => row["outcome"] == "rejected" ? row["reason"] : row["outcome"]);
}
