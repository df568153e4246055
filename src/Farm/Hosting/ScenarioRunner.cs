using System.Diagnostics;
using UeFarm.Actors.Run;

namespace UeFarm.Farm.Hosting;

/// <summary>Runs a scenario in this process: maps it, plays it, shows it once a second, writes its books.</summary>
internal sealed class ScenarioRunner(TimeProvider time) : IScenarioRunner
{
    public async Task<RunOutcome> RunAsync(RunRequest request, IRunView view, CancellationToken cancellation)
    {
        var scenario = request.Scenario;
        var startedAt = time.GetUtcNow();
        var cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
        var settings = await RunSettingsMapper.MapAsync(scenario, request.Results.MailboxFile, cancellation).ConfigureAwait(false);
        var run = await FarmRun.StartAsync(settings).ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            var endpoint = await MetricsEndpoint.StartAsync(scenario.Metrics.Port, run).ConfigureAwait(false);
            await using (endpoint.ConfigureAwait(false))
            {
                view.OnNotice(Listening(run, endpoint));
                var snapshots = new SnapshotMaker(scenario, run);
                var result = await PlayAsync(run, snapshots, view, cancellation).ConfigureAwait(false);
                var books = new RunBooks(scenario, run, result);
                books.Write(request.Results);
                var cpu = Process.GetCurrentProcess().TotalProcessorTime - cpuBefore;
                return new RunOutcome(books.ToDocument(request.Source, snapshots, startedAt, time.GetUtcNow(), cpu));
            }
        }
    }

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

    private async Task<FarmRunResult> PlayAsync(FarmRun run, SnapshotMaker snapshots, IRunView view, CancellationToken cancellation)
    {
        var playing = run.RunAsync(cancellation);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250), time);
        var shown = -1;
        var ticks = 0;
        var isStopNoticed = false;
        while (!playing.IsCompleted)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false);
            if (snapshots.PhaseBegun(shown) is { } phase)
            {
                shown = phase.Index;
                view.OnPhaseStarted(phase);
            }

            if (cancellation.IsCancellationRequested && !isStopNoticed)
            {
                isStopNoticed = true;
                view.OnNotice("stopping: no new messages, what is under way settles");
            }

            if (++ticks % 4 == 0)
            {
                view.OnSnapshot(snapshots.Take());
            }
        }

        return await playing.ConfigureAwait(false);
    }
}
