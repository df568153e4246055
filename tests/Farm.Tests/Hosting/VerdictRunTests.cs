using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Hosting;

[Collection(WholeRuns.Name)]
public class VerdictRunTests
{
    private const string Scenario = """
        version: 1
        name: judged
        seed: 5
        subscribers: { count: 8, auth: { scheme: md5, secretsFrom: derived } }
        applicationServer: { holdTime: 500ms }
        traffic: { rate: 40/s, size: 40B }
        phases:
          - { name: acquaint, for: 1s }
          - { name: outage, offline: 50%, cut: clean, for: 1s }
        results: { ledger: true }
        """;

    [Theory]
    [InlineData("accepted < 1", "failed")]
    [InlineData("attacks{kind=\"replay\",outcome=\"accepted\"} == 0", "no-samples")]
    public async Task A_threshold_that_fails_or_has_no_samples_fails_the_run_with_99(string threshold, string outcome)
    {
        using var run = await PlayedRun.PlayAsync(Scenario + "\nclock: virtual\nfaults: { attacks: { replay: 1/h } }\nthresholds:\n  - sent > 10\n  - " + threshold + "\n");

        Assert.Equal((99, RunVerdict.Fail), (run.Document.ExitCode, run.Document.Verdict));
        Assert.Equal(["held", outcome], run.Document.Thresholds.Select(echo => UeFarm.Actors.Metrics.Label.Of(echo.Outcome)));
        Assert.Equal(["acquaint", "outage"], run.View.Phases.Select(phase => phase.Name));
        Assert.Equal(["acquaint", "outage"], run.Document.Phases.Select(phase => phase.Name));
    }

    [Fact]
    public async Task Result_metrics_and_ledger_file_tell_the_same_numbers_and_a_late_generator_invalidates_them()
    {
        using var folder = new TemporaryFolder();
        var (run, scenario, source) = await PlayedRun.StartAsync(folder, Scenario);
        await using var _ = run;
        var port = FreePort();
        await using var endpoint = await MetricsEndpoint.StartAsync(port, run);
        var snapshots = new SnapshotMaker(scenario, run);
        var finished = await run.RunAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        var metrics = Parse(await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), TestContext.Current.CancellationToken));
        var results = PlayedRun.ResultsOf(folder);

        var books = new RunBooks(scenario, run, finished with { LateShare = 0 });
        books.Write(results);
        var document = Document(books, source);

        var rows = PlayedRun.ReadRows(results.LedgerFile);
        Assert.True(document.Ledger.Stored > 0);
        Assert.Equal(document.Ledger.Sent, rows.Count);
        Assert.Equal(document.Ledger.Sent, metrics["uefarm_messages_due_total"]);
        Assert.Equal(rows.Count(row => row["sent"].Length > 0), metrics["uefarm_messages_sent_total"]);
        Assert.Equal(document.Ledger.Accepted, metrics["uefarm_messages_received_total{outcome=\"accepted\"}"]);
        Assert.Equal(document.Ledger.Accepted, rows.Count(row => row["outcome"] == "accepted"));
        Assert.Equal(document.Ledger.Accepted, metrics["uefarm_delivery_seconds_count"]);
        Assert.Equal(document.Ledger.Stored, metrics["uefarm_as_backlog_messages"]);
        Assert.Equal(document.Ledger.Stored, rows.Count(row => row["outcome"] == "stored"));
        Assert.Equal(document.Ledger.Failed, rows.Count(row => row["outcome"] == "failed"));
        Assert.Equal(document.Registrations.RegisteredAtEnd, metrics["uefarm_phones{state=\"registered\"}"]);
        Assert.Equal((4, 0), (metrics["uefarm_phones{state=\"offline\"}"], metrics["uefarm_phones{state=\"registering\"}"]));
        Assert.Equal((1, 0), (metrics["uefarm_run_phase{phase=\"ended\"}"], metrics["uefarm_run_phase{phase=\"outage\"}"]));
        foreach (var (outcome, count) in new[]
        {
            ("accepted", document.Ledger.Accepted), ("rejected", document.Ledger.Rejected), ("expired", document.Ledger.Expired),
            ("failed", document.Ledger.Failed), ("stored", document.Ledger.Stored), ("unaccounted", document.Ledger.Unaccounted),
        })
        {
            Assert.Equal(count, metrics[$"uefarm_ledger_messages{{outcome=\"{outcome}\"}}"]);
        }

        // Nothing was evicted, so that every message taken is an entry.
        Assert.Equal(document.Ledger.Accepted, metrics["uefarm_replay_cache_entries"]);
        Assert.Equal(document.Ledger.Accepted * 28, metrics["uefarm_replay_cache_bytes"]);
        Assert.Equal(rows.Where(row => row["outcome"] == "accepted").GroupBy(row => row["recipient"]).Max(group => group.Count()), metrics["uefarm_replay_cache_fullest_entries"]);
        Assert.Equal(document.Registrations.Succeeded, metrics["uefarm_registrations_total"]);
        Assert.Equal(0, document.ExitCode);
        var picture = snapshots.Take();
        Assert.Equal((document.Ledger.Sent - document.Ledger.Failed, document.Ledger.Accepted, document.Ledger.Stored), (picture.Sent, picture.Accepted, picture.Stored));
        Assert.Equal((4L, 4L), (picture.UesByState["registered"], picture.UesByState["offline"]));
        Assert.Equal("settling", picture.PhaseName);

        Assert.Equal(0, Document(new RunBooks(scenario, run, finished with { LateShare = 0.01 }), source).ExitCode);
        var late = Document(new RunBooks(scenario, run, finished with { LateShare = 0.0101 }), source);
        Assert.Equal((97, RunVerdict.Invalid), (late.ExitCode, late.Verdict));
    }

    private static ResultDocument Document(RunBooks books, UeFarm.Farm.Scenarios.ScenarioSource source) => books.ToDocument(
        source, new RunSeries(), new RunTimes(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(3), TimeSpan.FromSeconds(1), null));

    /// <summary>The text format: name with labels, a space, the value.</summary>
    private static Dictionary<string, double> Parse(string page) => page.Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => (Line: line, At: line.LastIndexOf(' ')))
        .ToDictionary(entry => entry.Line[..entry.At], entry => double.Parse(entry.Line[(entry.At + 1)..], CultureInfo.InvariantCulture));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
