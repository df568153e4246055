using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Hosting;

/// <summary>Whole runs whose phones ask for delivery reports: the ledger stays exact, and every report that is due is somewhere.</summary>
[Collection(WholeRuns.Name)]
public class DeliveryReportRunTests
{
    private const string Scenario = """
        version: 1
        name: reports
        seed: 11
        subscribers: { count: 12, auth: { scheme: md5, secretsFrom: derived } }
        applicationServer: { holdTime: 500ms, drainDelay: 100ms }
        traffic: { rate: 40/s, size: 40B-200B, reports: all }
        phases:
          - { name: acquaint, for: 1s }
          - { name: outage, offline: 50%, cut: clean, for: 2s }
          - { name: others-leave, offline: 25%, cut: clean, for: 2s }
          - { name: all-back, online: all, within: 500ms, for: 2s }
        """;

    [Theory]
    [InlineData("smime")]
    [InlineData("plain")]
    public async Task Every_delivery_is_reported_also_to_senders_that_were_away_meanwhile(string body)
    {
        using var run = await PlayedRun.PlayAsync(Scenario, $"security.body={body}");

        var (ledger, reports) = (run.Document.Ledger, run.Document.Reports);
        AssertSound(run.Document);
        Assert.True(ledger.Accepted > 100, $"{ledger}");
        Assert.Equal(ledger.Sent, reports.Asked);
        Assert.Equal(ledger.Accepted, reports.Delivered);
        Assert.True(reports.Stored > 10, $"{reports}");
        Assert.Equal((0, 0, 0, 0), (reports.Lost, reports.Waiting, reports.Failed, reports.Error));
    }

    [Fact]
    public async Task Expired_messages_are_reported_to_who_asked_and_wait_for_senders_that_are_away()
    {
        // In virtual time: Date has whole seconds, so that by a real clock it is chance how much of one second is left to a message.
        using var folder = new TemporaryFolder();
        var (run, _, _) = await PlayedRun.StartAsync(
            folder, static settings => settings with { Ue = settings.Ue with { MessageExpiry = TimeSpan.FromSeconds(1) } },
            Scenario, "clock=virtual", "traffic.reports=negative", "phases[3].online=20%");
        await using var _ = run;
        var result = await run.RunAsync(TestContext.Current.CancellationToken);

        var (totals, reports) = (result.Totals, result.Reports);
        Assert.All(result.Invariants, invariant => Assert.True(invariant.Holds, invariant.ToString()));
        Assert.True(totals.Expired > 20, $"{totals}");
        Assert.Equal(totals.Expired, reports.Failed + reports.Error + reports.Waiting);
        Assert.True(reports.Failed > 5 && reports.Waiting > 0, $"{reports}");
        Assert.Equal((0, 0, 0), (reports.Lost, reports.Delivered, reports.Stored));
        Assert.Equal(0, run.Recorder.Counters.ReportsContradicting + run.Recorder.Counters.ReportsForeign + run.Recorder.Counters.ReportsDuplicate);
    }

    [Fact]
    public async Task Without_a_request_there_are_no_reports()
    {
        using var run = await PlayedRun.PlayAsync(Scenario, "traffic.reports=none", "applicationServer.expiry=1s");

        AssertSound(run.Document);
        Assert.True(run.Document.Ledger.Expired > 20);
        Assert.Equal(ReportsResult.None, run.Document.Reports);
    }

    private static void AssertSound(ResultDocument document)
    {
        Assert.All(document.Invariants, invariant => Assert.True(invariant.Held, $"{invariant.Name}: {invariant.Detail}"));
        Assert.Equal(0, document.Ledger.Unaccounted);
        var reports = document.Reports;
        Assert.Equal((0, 0, 0, 0, 0), (reports.Contradicting, reports.Foreign, reports.Duplicate, reports.Unsent, reports.Refused));
    }
}
