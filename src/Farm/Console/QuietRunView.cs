using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Console;

/// <summary>Nothing but the verdict's first line and where the results are.</summary>
/// <param name="final">Null: not even that (a JSON document takes its place).</param>
internal sealed class QuietRunView(TextWriter? final) : IRunView
{
    public void OnStarting(RunPlan plan)
    {
    }

    public void OnPhaseStarted(PhaseStarted phase)
    {
    }

    public void OnSnapshot(RunSnapshot snapshot)
    {
    }

    public void OnNotice(string text)
    {
    }

    public void OnFinished(ResultDocument result, string resultsPath)
    {
        final?.WriteLine(FinalBlock.Headline(result));
        final?.WriteLine(resultsPath);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
