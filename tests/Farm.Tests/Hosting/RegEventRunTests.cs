using UeFarm.Actors.Ledger;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Hosting;

/// <summary>A whole run whose application server is told nothing by itself: it subscribes.</summary>
[Collection(WholeRuns.Name)]
public class RegEventRunTests
{
    [Theory]
    [InlineData("clean")]
    [InlineData("silent")]
    public async Task An_application_server_that_subscribes_delivers_everything_that_was_stored(string cut)
    {
        using var folder = new TemporaryFolder();
        var (run, _, _) = await PlayedRun.StartAsync(
            folder, static settings => settings with { SettleTime = TimeSpan.FromSeconds(40) }, $$"""
            version: 1
            name: watcher
            seed: 4
            subscribers: { count: 12, auth: { scheme: md5, secretsFrom: derived } }
            applicationServer: { presence: reg-event, holdTime: 500ms, drainDelay: 100ms }
            traffic: { rate: 40/s, size: 40B }
            phases:
              - { name: acquaint, for: 1s }
              - { name: outage, offline: 50%, cut: {{cut}}, for: 2s }
              - { name: all-back, online: all, within: 500ms, for: 1s }
            """);
        await using var _ = run;
        var result = await run.RunAsync(TestContext.Current.CancellationToken);

        Assert.All(result.Invariants, invariant => Assert.True(invariant.Holds, invariant.ToString()));
        Assert.True(run.Recorder.Counters.Answered202 > 10);

        // On a slow machine a phone may leave with a message in hand. Its sender is told, and nobody that the message is taken care of.
        Assert.Equal((result.Totals.Sent, 0), (result.Totals.Accepted + result.Totals.Failed, result.Totals.Stored));
        Assert.Equal(result.Totals.Failed, result.Totals.FailedByReason.GetValueOrDefault(FailureReason.Offline));
        Assert.InRange(result.Totals.Accepted, run.Recorder.Counters.Answered, result.Totals.Sent);
        Assert.Equal((0, 12), (run.Core!.NotifiedApplicationServer, run.ApplicationServer!.Subscriptions));
        Assert.Equal((12, 0), (run.ApplicationServer.UsersOnline, run.Core.NotificationsFailed));
        Assert.True(run.Core.NotificationsAccepted >= 12);
    }
}
