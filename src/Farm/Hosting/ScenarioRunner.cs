using System.Globalization;
using System.Runtime;
using UeFarm.Actors.Run;
using UeFarm.Actors.Traffic;
using UeFarm.Farm.Live;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Hosting;

/// <summary>Runs a scenario in this process: maps it, plays it, shows it once a second, writes its books.</summary>
internal sealed class ScenarioRunner(TimeProvider time) : IScenarioRunner
{
    public async Task<RunOutcome> RunAsync(RunRequest request, IRunView view, CancellationToken cancellation)
    {
        var scenario = request.Scenario;
        var meter = new RunMeter(time);
        var settings = await RunSettingsMapper.MapAsync(scenario, request.Results.MailboxFile, cancellation).ConfigureAwait(false);
        var run = await FarmRun.StartAsync(settings).ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            var endpoint = await MetricsEndpoint.StartAsync(scenario.Metrics.Port, run).ConfigureAwait(false);
            await using (endpoint.ConfigureAwait(false))
            {
                var board = new LiveBoard(scenario, run, time);
                var page = await LivePageServer.StartAsync(scenario.PageListen, board).ConfigureAwait(false);
                await using var pageOpen = page.ConfigureAwait(false);
                var isVirtual = scenario.Clock == ScenarioClock.Virtual;
                view.OnNotice(isVirtual ? VirtualTime(run) : Listening(run, endpoint));
                if (page.Address is not null)
                {
                    view.OnNotice($"live page: {page.Address}");
                }

                using var sampler = new RunSampler(run, request.Results, RunSampling.IntervalOf(RunPlan.Of(scenario).Length), meter);
                var result = isVirtual
                    ? await PlayVirtuallyAsync(run, scenario, sampler, board, view, meter, cancellation).ConfigureAwait(false)
                    : await PlayAsync(run, scenario, view, snapshot => board.Offer(sampler.Offer(snapshot)), cancellation).ConfigureAwait(false);
                var books = new RunBooks(scenario, run, result);
                books.Write(request.Results);
                var outcome = new RunOutcome(books.ToDocument(request.Source, sampler.Series, meter.Read(run, isVirtual)));
                await board.CloseAsync(outcome.Result, Path.GetFileName(request.Results.FullPath)).ConfigureAwait(false);
                await LingerAsync(endpoint.Address is not null || page.Address is not null, scenario.Metrics.Linger, view, cancellation).ConfigureAwait(false);
                return outcome;
            }
        }
    }

    /// <summary>Whoever stops the run, or this, wants no more of it.</summary>
    private async Task LingerAsync(bool isServed, TimeSpan linger, IRunView view, CancellationToken cancellation)
    {
        if (!isServed || linger == TimeSpan.Zero)
        {
            return;
        }

        view.OnNotice(string.Create(CultureInfo.InvariantCulture, $"ended; the last values are served for {linger.TotalSeconds:0.###} s"));
        await Task.Delay(linger, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static string VirtualTime(FarmRun run) =>
        string.Create(CultureInfo.InvariantCulture, $"virtual time from {run.Time.GetUtcNow():yyyy-MM-dd}, on a network in memory: nothing is sent");

    private static string Listening(FarmRun run, MetricsEndpoint endpoint)
    {
        string?[] parts =
        [
            run.CoreEndPoint is { } core ? $"core {core}" : null,
            run.ApplicationServerEndPoint is { } server ? $"as {server}" : null,
            $"phones {run.PhonesEndPoint}",
            endpoint.Address is { } address ? $"metrics {address}" : null,
        ];
        return "listening: " + string.Join(", ", parts.Where(static part => part is not null));
    }

    /// <summary>The series is taken at moments of virtual time, so that it is the same each time; what is shown, once a second of real time.</summary>
    private async Task<FarmRunResult> PlayVirtuallyAsync(
        FarmRun run, Scenario scenario, RunSampler sampler, LiveBoard board, IRunView view, RunMeter meter, CancellationToken cancellation)
    {
        var length = RunPlan.Of(scenario).Length;
        var interval = RunSampling.IntervalOf(length);
        var points = new SnapshotMaker(scenario, run);
        using var sampling = run.Time.CreateTimer(_ => sampler.Offer(points.Take()), null, interval, interval);

        // A pause costs nothing here, and collections that do not go on beside the run leave nothing dead behind: what is alive is then known.
        var mode = GCSettings.LatencyMode;
        GCSettings.LatencyMode = GCLatencyMode.Batch;
        try
        {
            return await PlayAsync(
                run, scenario, view, snapshot => board.Offer(snapshot with { Pace = VirtualPace.Of(meter.Elapsed, snapshot.Elapsed, length) }), cancellation)
                .ConfigureAwait(false);
        }
        finally
        {
            GCSettings.LatencyMode = mode;
        }
    }

    private async Task<FarmRunResult> PlayAsync(
        FarmRun run, Scenario scenario, IRunView view, Func<RunSnapshot, RunSnapshot> onSnapshot, CancellationToken cancellation)
    {
        // On a thread of its own: in virtual time the whole run is played before the method returns.
        var playing = Task.Run(() => run.RunAsync(cancellation), CancellationToken.None);
        if (scenario.Clock == ScenarioClock.Real)
        {
            view.OnKnobs(new FarmRunKnobs(run));
        }

        var snapshots = new SnapshotMaker(scenario, run);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250), time);
        var shown = -1;
        var ticks = 0;
        var isStopNoticed = false;
        while (!playing.IsCompleted)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false);
            while (shown < run.Progress.Phase)
            {
                view.OnPhaseStarted(snapshots.PhaseOf(++shown));
            }

            if (cancellation.IsCancellationRequested && !isStopNoticed)
            {
                isStopNoticed = true;
                view.OnNotice("stopping: no new messages, what is under way settles");
            }

            if (++ticks % 4 == 0)
            {
                view.OnSnapshot(WithParts(onSnapshot(snapshots.Take()), run));
            }
        }

        return await playing.ConfigureAwait(false);
    }

    /// <summary>What people see besides, on whatever screen.</summary>
    private static RunSnapshot WithParts(RunSnapshot snapshot, FarmRun run) => snapshot with
    {
        Stage = run.Progress.Stage,
        RateFactor = run.Changes.LastOrDefault(static change => change.Kind == RunChangeKind.Rate)?.Factor ?? 1,
        Parts = RunParts.Of(run),
        ReadCaches = () => new CacheFigures(run.ReplayCacheBytes, ReplayCacheNeed.Of(run.Recorder.Ranks)),
    };
}
