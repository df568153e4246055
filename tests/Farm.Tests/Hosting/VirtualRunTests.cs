using System.Text.Json.Nodes;
using UeFarm.Farm.Console;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Tests.Support;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Tests.Hosting;

public sealed class VirtualRunTests
{
    // Everything that draws randomness or could depend on an order: signatures, attacks, silent cuts, overtaking, wrong clocks.
    private const string Busy = """
        version: 1
        name: busy
        seed: 77
        clock: virtual
        subscribers: { count: 20, clocks: { spread: 2s } }
        security: { sign: ecdsa-p256 }
        replayCache: { entries: 30 }
        applicationServer: { live: bypass, holdTime: 2s, drainDelay: 3s }
        traffic: { rate: 20/s, size: 40B-300B, recipients: { pick: zipf } }
        faults: { network: { latency: 20ms }, attacks: { replay: 2/s, altered-outside-mac: 2/s, forged: 2/s, altered-body: 2/s, transplant: 2/s } }
        phases:
          - { name: acquaint, for: 5s }
          - { name: outage, offline: 50%, cut: silent, within: 3s, for: 20s }
          - { name: return, online: all, within: 5s, for: 20s }
        results: { arrivals: true, ledger: true }
        """;

    private const string Month = """
        version: 1
        name: four-weeks
        seed: 3
        clock: virtual
        subscribers: { count: 10, auth: { scheme: md5, secretsFrom: derived } }
        replayCache: { entries: 1 }
        applicationServer: { expiry: 60d, maxPerUe: 1000 }
        traffic: { rate: 1/h, size: 40B }
        phases:
          - { name: acquaint, rate: 6/h, for: 1d }
          - { name: away, offline: 2, for: 28d }
          - { name: back, online: all, within: 1h, for: 1d }
        results: { ledger: true }
        """;

    [Fact]
    public async Task The_same_seed_gives_the_same_files_byte_for_byte_and_another_seed_others()
    {
        using var first = await PlayedRun.PlayAsync(Busy);
        using var again = await PlayedRun.PlayAsync(Busy);
        using var other = await PlayedRun.PlayAsync(Busy, "seed=78");

        Assert.Equal(BytesOf(first.Results.LedgerFile), BytesOf(again.Results.LedgerFile));
        Assert.Equal(BytesOf(first.Results.ArrivalsFile), BytesOf(again.Results.ArrivalsFile));
        Assert.Equal(BytesOf(first.Results.SeriesFile), BytesOf(again.Results.SeriesFile));
        Assert.Equal(WithoutWall(first), WithoutWall(again));
        Assert.NotEqual(BytesOf(first.Results.LedgerFile), BytesOf(other.Results.LedgerFile));

        // There was something to differ in.
        Assert.All(first.Document.Invariants, invariant => Assert.True(invariant.Held, $"{invariant.Name}: {invariant.Detail}"));
        Assert.Equal(5, first.Document.Attacks.Count);
        Assert.True(first.Document.Ledger is { Sent: > 700, Rejected: > 10, Accepted: > 600 }, first.Document.Ledger.ToString());
    }

    [Fact]
    public async Task What_the_document_says_is_virtual_but_for_one_object()
    {
        using var run = await PlayedRun.PlayAsync(Busy, "phases[1].for=1h", "traffic.rate=36/h", "faults.attacks.replay=0/s");

        var document = run.Document;
        Assert.Equal("virtual", document.Clock);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), document.StartedAt);
        Assert.InRange((document.EndedAt - document.StartedAt).TotalSeconds, 3625, 3680);
        Assert.Equal(["acquaint", "outage", "return"], document.Phases.Select(phase => phase.Name));
        Assert.Equal(3600, document.Phases[1].EndSeconds - document.Phases[1].StartSeconds, 6);
        Assert.Equal((true, 0.0, null), (document.Generator.IsValid, document.Generator.LagMaxSeconds, document.Generator.CpuSeconds));
        Assert.Null(document.Memory);
        Assert.True(document.Wall is { CpuSeconds: > 0, Speed: > 10, Memory.PeakWorkingSet: > 0 } && document.Wall.StartedAt > document.EndedAt.AddDays(-1000));

        // A point every 8 s: the 3,625 s of the phases in at most 500 whole intervals.
        Assert.InRange(document.Series.Count, 453, 500);
        Assert.All(document.Series, (point, index) => Assert.Equal(8.0 * (index + 1), point.Seconds));
        Assert.Equal(["acquaint", "outage", "return"], run.View.Phases.Select(phase => phase.Name));
        Assert.All(run.View.Snapshots, snapshot => Assert.NotNull(snapshot.Pace));
        Assert.Contains("nothing is sent", Assert.Single(run.View.Notices), StringComparison.Ordinal);
        Assert.False(File.Exists(run.Results.MailboxFile));
    }

    [Fact]
    public async Task What_the_machine_saw_is_in_a_file_and_an_object_of_its_own_and_is_judged_all_the_same()
    {
        using var run = await PlayedRun.PlayAsync(Busy + "\nthresholds: [ sent > 1, memory.peak > 1MB, memory.growth > 1000000 ]\n");

        var (series, machine) = (PlayedRun.ReadRows(run.Results.SeriesFile), PlayedRun.ReadRows(run.Results.MachineFile));
        Assert.Equal(run.Document.Series.Select(point => $"{point.Seconds:0.000}"), series.Select(row => row["seconds"]));
        Assert.Equal(series.Select(row => row["seconds"]), machine.Select(row => row["seconds"]));
        Assert.All(machine, row => Assert.True(PlayedRun.Number(row, "resident") > PlayedRun.Number(row, "books") && row["store"].Length == 0));
        Assert.True(PlayedRun.Number(machine[^1], "books") > PlayedRun.Number(machine[0], "books"));
        Assert.Equal(run.Document.Series[^1].Accepted, PlayedRun.Number(series[^1], "accepted"));
        Assert.True(run.Document.Series.Sum(point => point.Attacks) > 0 && run.Document.Series.Any(point => point.DeliveryP99 > point.DeliveryP50));

        Assert.Null(run.Document.Trends);
        Assert.Equal("sent > 1", Assert.Single(run.Document.Thresholds).Text);
        Assert.Equal([ThresholdOutcome.Held, ThresholdOutcome.Failed], run.Document.Wall!.Thresholds.Select(threshold => threshold.Outcome));
        Assert.Equal(["memory", "heap", "store"], run.Document.Wall.Trends.Select(trend => trend.Name));
        Assert.Equal(99, run.Document.ExitCode);
        Assert.Contains(FinalBlock.Lines(run.Document, "results"), line => line.Contains("memory.growth > 1000000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_of_four_weeks_is_accepted_by_a_cache_with_one_entry()
    {
        using var run = await PlayedRun.PlayAsync(Month);

        Assert.All(run.Document.Invariants, invariant => Assert.True(invariant.Held, $"{invariant.Name}: {invariant.Detail}"));
        Assert.True(run.Document.Ledger.Sent > 600);
        Assert.Equal(run.Document.Ledger.Sent, run.Document.Ledger.Accepted);
        var age = run.Document.Latencies.Single(latency => latency.Name == "age");
        Assert.InRange(age.Max, TimeSpan.FromDays(27.5).TotalSeconds, TimeSpan.FromDays(28.5).TotalSeconds);
    }

    [Fact]
    public async Task What_is_kept_for_a_week_only_has_expired_by_then()
    {
        using var run = await PlayedRun.PlayAsync(Month, "applicationServer.expiry=7d");

        var ledger = run.Document.Ledger;
        Assert.All(run.Document.Invariants, invariant => Assert.True(invariant.Held, $"{invariant.Name}: {invariant.Detail}"));
        Assert.Equal(ledger.Sent, ledger.Accepted + ledger.Expired);
        var kept = TimeSpan.FromDays(7);
        Assert.InRange(run.Document.Latencies.Single(latency => latency.Name == "age").Max, (kept - TimeSpan.FromDays(1)).TotalSeconds, kept.TotalSeconds * 1.001);
        Assert.True(ledger.Expired > 50, ledger.ToString());
    }

    [Fact]
    public async Task Over_datagrams_that_get_lost_repeated_and_reordered_nothing_is_lost_and_nothing_accepted_twice()
    {
        // A clean cut: a datagram to a phone that vanished silently, held back by the network until the phone is registered again, is out of order by itself.
        using var run = await PlayedRun.PlayAsync(
            Busy, "target.transport=udp", "phases[1].cut=clean", "security.sign=none", "faults.network.loss=10%", "faults.network.duplicate=10%", "faults.network.reorder=10%",
            "faults.attacks.replay=0/s", "faults.attacks.altered-outside-mac=0/s", "faults.attacks.forged=0/s", "faults.attacks.altered-body=0/s",
            "faults.attacks.transplant=0/s", "replayCache.entries=1000");

        Assert.All(run.Document.Invariants, invariant => Assert.True(invariant.Held, $"{invariant.Name}: {invariant.Detail}"));
        Assert.True(run.Document.Ledger.Accepted > 0.95 * run.Document.Ledger.Sent, run.Document.Ledger.ToString());

        // Retransmissions show: some answers came only with the second copy, T1 later.
        Assert.True(run.Document.Latencies.Single(latency => latency.Name == "answer").P95 > 0.5);
    }

    [Theory]
    [InlineData(1, "bypass")]
    [InlineData(2, "bypass")]
    [InlineData(3, "bypass")]
    [InlineData(4, "bypass")]
    [InlineData(5, "behind-drain")]
    public async Task Phones_cut_off_silently_over_datagrams_that_return_before_requests_to_them_time_out_get_what_is_stored_in_order(int seed, string live)
    {
        using var run = await PlayedRun.PlayAsync(
            Busy, $"seed={seed}", $"applicationServer.live={live}", "target.transport=udp", "security.sign=none", "traffic.rate=40/s", "phases[1].for=10s",
            "applicationServer.holdTime=4s", "applicationServer.drainDelay=500ms", "faults.network.loss=5%", "faults.network.duplicate=5%",
            "faults.attacks.replay=0/s", "faults.attacks.altered-outside-mac=0/s", "faults.attacks.forged=0/s", "faults.attacks.altered-body=0/s",
            "faults.attacks.transplant=0/s", "replayCache.entries=1000");

        Assert.All(run.Document.Invariants, invariant => Assert.True(invariant.Held, $"{invariant.Name}: {invariant.Detail}"));
        Assert.Equal(0, run.Document.ExitCode);
        Assert.True(run.Document.Ledger.Accepted + run.Document.Ledger.Stored > 0.98 * run.Document.Ledger.Sent, run.Document.Ledger.ToString());
    }

    [Fact]
    public async Task A_run_whose_phones_never_register_is_no_pass()
    {
        using var run = await PlayedRun.PlayAsync(Month, "target.transport=udp", "faults.network.loss=100%", "phases[1].for=1d");

        Assert.Equal((97, RunVerdict.Invalid), (run.Document.ExitCode, run.Document.Verdict));
        Assert.Equal("nothing was measured: none of 10 phones ever registered", run.Document.Reason);
        Assert.True(run.Document.Ledger.Sent > 0);
        Assert.All(run.Document.Invariants, invariant => Assert.True(invariant.Held, $"{invariant.Name}: {invariant.Detail}"));
    }

    [Fact]
    public async Task A_stop_ends_it_in_order()
    {
        using var folder = new TemporaryFolder();
        var read = ScenarioReader.Read(Month.Replace("rate: 1/h", "rate: 2/s", StringComparison.Ordinal), "month.yaml", []);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var outcome = await new ScenarioRunner(TimeProvider.System).RunAsync(
            new RunRequest(read.Scenario!, read.Source, PlayedRun.ResultsOf(folder)), new StoppingView(stop), stop.Token);

        Assert.Equal((105, RunVerdict.Stopped), (outcome.Result.ExitCode, outcome.Result.Verdict));
        Assert.All(outcome.Result.Invariants, invariant => Assert.True(invariant.Held, $"{invariant.Name}: {invariant.Detail}"));
        Assert.InRange(outcome.Result.Ledger.Sent, 1, 2 * 86_400 * 30);
        Assert.Equal(0, outcome.Result.Ledger.Unaccounted);
        Assert.True(outcome.Result.EndedAt < outcome.Result.StartedAt.AddDays(30));
    }

    private static byte[] BytesOf(string path) => File.ReadAllBytes(path);

    private static string WithoutWall(PlayedRun run)
    {
        var document = JsonNode.Parse(ResultJson.Serialize(run.Document))!.AsObject();
        Assert.True(document.Remove("wall"));
        return document.ToJsonString();
    }

    /// <summary>Stops the run with its first picture.</summary>
    private sealed class StoppingView(CancellationTokenSource stop) : IRunView
    {
        public void OnStarting(RunPlan plan)
        {
            // The plan is known to the test.
        }

        public void OnPhaseStarted(PhaseStarted phase)
        {
            // Too early for some messages to be under way.
        }

        public void OnSnapshot(RunSnapshot snapshot) => stop.Cancel();

        public void OnNotice(string text)
        {
            // The outcome tells.
        }

        public void OnFinished(ResultDocument result, string resultsPath)
        {
            // The caller of the runner shows the end.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
