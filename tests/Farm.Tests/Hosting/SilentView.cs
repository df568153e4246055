using System.Collections.Concurrent;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Tests.Hosting;

/// <summary>Shows nothing, keeps everything.</summary>
internal sealed class SilentView : IRunView
{
    public ConcurrentQueue<PhaseStarted> Phases { get; } = [];

    public ConcurrentQueue<RunSnapshot> Snapshots { get; } = [];

    public ConcurrentQueue<string> Notices { get; } = [];

    public void OnStarting(RunPlan plan)
    {
        // The plan is known to the test.
    }

    public void OnPhaseStarted(PhaseStarted phase) => Phases.Enqueue(phase);

    public void OnSnapshot(RunSnapshot snapshot) => Snapshots.Enqueue(snapshot);

    public void OnNotice(string text) => Notices.Enqueue(text);

    public void OnFinished(ResultDocument result, string resultsPath)
    {
        // The result is what the runner returns.
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
