using UeFarm.Farm.Cluster;
using UeFarm.Farm.Console;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cli;

/// <summary>Follows a run that a cluster plays, and ends as <c>run</c> ends: files, final block, exit code.</summary>
internal sealed class ClusterRunExecution(CliEnvironment environment, ConductorClient client, RunReports reports, bool isQuiet, bool isJson)
{
    /// <param name="runId">Of the run that was submitted.</param>
    /// <param name="read">What was submitted.</param>
    /// <param name="results">For the files.</param>
    /// <param name="isHopeless">Why no verdict will come; null: one may.</param>
    /// <param name="signals">Ask the run to stop.</param>
    /// <exception cref="ConductorException">There is no verdict.</exception>
    public async Task<int> FollowAsync(string runId, ScenarioReadResult read, ResultsFolder results, Func<string?> isHopeless, IStopSignals signals)
    {
        results.WriteScenario(read.Source.Text);
        var plan = RunPlan.Of(read.Scenario!);
        var stop = signals.FirstSignal;
        var view = RunViews.Create(environment, isQuiet, isJson, signals.StopInOrder);
        await using (view.ConfigureAwait(false))
        {
            view.OnStarting(plan);
            view.OnNotice($"run {runId} has begun");
            view.OnKnobs(new ConductorKnobs(client));
            using var notice = stop.Register(() => view.OnNotice("Stopping: draining what is under way. Once more stops at once."));
            var result = await new SubmittedRun(client, runId, TimeProvider.System).FollowAsync(view, plan, isHopeless, stop).ConfigureAwait(false);

            // The cluster knows the scenario's text only.
            result = result with { Scenario = result.Scenario with { FileName = Path.GetFileName(read.Source.FileName) } };
            results.WriteResult(result);
            SeriesCsvWriter.WriteAll(results.SeriesFile, result.Series);
            view.OnFinished(result, results.FullPath);
            reports.Write(results, result);
            if (isJson)
            {
                environment.Output.WriteLine(ResultJson.Serialize(result));
            }

            return result.ExitCode;
        }
    }
}
