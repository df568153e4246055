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

    /// <summary>Of the run, once there is something to turn.</summary>
    public TaskCompletionSource<IRunKnobs> Knobs { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void OnStarting(RunPlan plan)
    {
        // The plan is known to the test.
    }

    public void OnPhaseStarted(PhaseStarted phase) => Phases.Enqueue(phase);

    public void OnKnobs(IRunKnobs knobs) => Knobs.SetResult(knobs);

    public void OnSnapshot(RunSnapshot snapshot) => Snapshots.Enqueue(snapshot);

    public void OnNotice(string text) => Notices.Enqueue(text);

    public void OnFinished(ResultDocument result, string resultsPath)
    {
        // The result is what the runner returns.
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
