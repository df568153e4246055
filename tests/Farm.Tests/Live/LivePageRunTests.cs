using System.Net;
using System.Text.Json;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Live;
using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Hosting;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Live;

/// <summary>The document of runs in this process, from their first second to their result.</summary>
[Collection(WholeRuns.Name)]
public sealed class LivePageRunTests
{
    private const string Scenario = """
        version: 1
        name: shown
        subscribers: { count: 12, auth: { scheme: md5, secretsFrom: derived } }
        traffic: { rate: 40/s, size: 40B }
        phases:
          - { name: first, for: 2s }
          - { name: second, for: 2s }
        thresholds: ["accepted.share >= 99%", "unaccounted == 0", "registered == 12", "delivery.p99 < 1us", "reports == 0"]
        metrics: { linger: 1h }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("real")]
    [InlineData("virtual")]
    public async Task A_run_is_followed_to_its_result(string clock)
    {
        await using var run = GoingRun.Start(Scenario, "page.listen=0", $"clock={clock}", clock == "virtual" ? "phases[1].for=15m" : "seed=1");
        using var http = new HttpClient();
        var address = await AddressAsync(run);
        var states = new List<LiveState>();
        do
        {
            await Task.Delay(50, Cancellation);
            states.Add(JsonSerializer.Deserialize(await http.GetStringAsync(new Uri(address + "live/state"), Cancellation), LiveJson.Default.LiveState)!);
        }
        while (states[^1].Stand != LiveStand.Ended);

        var result = await run.EndAsync();

        Assert.NotEqual(RunVerdict.Stopped, result.Verdict);
        var last = states[^1];
        Assert.Equal((true, result.Verdict, result.Reason, result.ExitCode), (last.Verdict!.IsFinal, last.Verdict.Verdict, last.Verdict.Reason, last.Verdict.ExitCode));
        Assert.Equal((result.Ledger.Sent, result.Ledger.Accepted, 0), (last.Ledger!.Sent, last.Ledger.Accepted, last.Ledger.Unaccounted));
        Assert.Equal(result.Latencies, last.Latencies);
        Assert.Equal(result.Phases, last.Run!.Phases);
        Assert.Equal("results", last.Run.Results);

        var going = states.TakeWhile(static state => state.Stand == LiveStand.Running).ToList();
        Assert.True(going.Select(static state => state.Ledger!.Sent).Distinct().Count() > 1, "the numbers did not move");
        Assert.Equal(going.Select(static state => state.Run!.ElapsedSeconds).Order(), going.Select(static state => state.Run!.ElapsedSeconds));
        Assert.All(going, static state => Assert.True(state.Ledger is { Unaccounted: null } && state.Verdict is { IsFinal: false, ExitCode: null }));
        var known = going.Last(static state => state.Latencies[0].Samples > 0);
        Assert.Equal(
            [LiveOutcome.Held, LiveOutcome.Open, LiveOutcome.Open, LiveOutcome.Failed, LiveOutcome.Open], known.Thresholds.Select(static threshold => threshold.Outcome));
        Assert.Equal(
            [LiveOutcome.Open, LiveOutcome.Open, LiveOutcome.Held, LiveOutcome.Held, LiveOutcome.Held], known.Promises.Select(static promise => promise.Outcome));
        Assert.EndsWith("; 3 cannot be told yet", known.Verdict!.Reason, StringComparison.Ordinal);
        if (result.Generator.IsValid)
        {
            Assert.Equal((RunVerdict.Fail, "1 of 2 thresholds failed; 3 cannot be told yet"), (known.Verdict.Verdict, known.Verdict.Reason));
        }

        Assert.Equal(clock, known.Run!.Clock);
        Assert.Equal(clock == "virtual", known.Run.Speed is not null);
        Assert.Equal(12, known.Phones!.Registered);
    }

    [Fact]
    public async Task What_is_changed_by_hand_is_shown_while_the_run_goes_on_and_at_its_end()
    {
        await using var run = GoingRun.Start(Scenario, "page.listen=0");
        using var http = new HttpClient();
        var address = await AddressAsync(run);
        var knobs = await run.View.Knobs.Task.WaitAsync(Cancellation);
        while (!(await knobs.ChangeRateAsync(2)).IsDone)
        {
            await run.PauseAsync();
        }

        var going = await UntilAsync(static state => state.Changes.Count > 0);
        var ended = await UntilAsync(static state => state.Stand == LiveStand.Ended);
        var result = await run.EndAsync();
        Assert.Equal((LiveStand.Running, "rate x2", "keys"), (going.Stand, going.Changes[0].What, going.Changes[0].By));
        Assert.InRange(going.Changes[0].At, going.Run!.Phases[0].StartSeconds, going.Run.ElapsedSeconds);
        Assert.Equal([Assert.Single(result.Changes)], going.Changes);
        Assert.Equal(result.Changes, ended.Changes);

        async Task<LiveState> UntilAsync(Predicate<LiveState> isSo)
        {
            while (true)
            {
                var state = JsonSerializer.Deserialize(await http.GetStringAsync(new Uri(address + "live/state"), Cancellation), LiveJson.Default.LiveState)!;
                if (isSo(state))
                {
                    return state;
                }

                await Task.Delay(50, Cancellation);
            }
        }
    }

    [Fact]
    public async Task All_who_ask_share_one_document_of_each_picture()
    {
        using var folder = new TemporaryFolder();
        var (run, scenario, _) = await PlayedRun.StartAsync(folder, Scenario, "page.listen=0");
        await using (run)
        {
            var board = new LiveBoard(scenario, run, TimeProvider.System);
            var documents = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () => await board.ReadAsync(Cancellation), Cancellation)));
            Assert.Single(documents.Distinct(ReferenceEqualityComparer.Instance));
            board.Offer(new SnapshotMaker(scenario, run).Take());
            Assert.NotSame(documents[0], await board.ReadAsync(Cancellation));
        }
    }

    private static async Task<string> AddressAsync(GoingRun run)
    {
        const string Announced = "live page: ";
        var address = (await run.NoticeAsync(Announced))[Announced.Length..];
        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(new Uri(address).Host)), address);
        return address;
    }
}
