namespace UeFarm.Farm.Hosting;

/// <summary>Runs a valid scenario that passed the guards.</summary>
internal interface IScenarioRunner
{
    /// <summary>
    /// Runs all phases and lets the target drain. The first cancellation asks for an orderly end: no new messages, drain, an outcome
    /// with <see cref="Report.RunVerdict.Stopped"/>. Shows progress in the view (phases and one snapshot per second); the caller shows the end.
    /// </summary>
    Task<RunOutcome> RunAsync(RunRequest request, IRunView view, CancellationToken cancellation);
}
