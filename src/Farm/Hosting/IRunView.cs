using UeFarm.Farm.Report;

namespace UeFarm.Farm.Hosting;

/// <summary>Shows a run while it goes on. Calls come one at a time, from any thread, and must return quickly.</summary>
internal interface IRunView : IAsyncDisposable
{
    /// <summary>Before anything is sent.</summary>
    void OnStarting(RunPlan plan);

    void OnPhaseStarted(PhaseStarted phase);

    /// <summary>From now on there is something to turn; not in virtual time.</summary>
    void OnKnobs(IRunKnobs knobs)
    {
        // Most views have nobody who would.
    }

    /// <summary>Once per second.</summary>
    void OnSnapshot(RunSnapshot snapshot);

    /// <summary>Once per second, of a run that others play.</summary>
    /// <remarks>line: The same in a line.</remarks>
    void OnClusterSnapshot(RunSnapshot snapshot, string line) => OnNotice(line);

    /// <summary>Something worth a line: "draining", "stopping on Ctrl-C".</summary>
    void OnNotice(string text);

    /// <summary>The last call: the verdict.</summary>
    /// <remarks>resultsPath: Where the results are.</remarks>
    void OnFinished(ResultDocument result, string resultsPath);
}
