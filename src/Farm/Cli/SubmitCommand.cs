using System.CommandLine;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Cli;

/// <summary><c>submit FILE</c>: gives a scenario to a cluster, and with <c>--wait</c> exits with the verdict.</summary>
internal sealed class SubmitCommand(CliEnvironment environment)
{
    private readonly ScenarioArguments _scenario = new();
    private readonly ConductorArguments _conductor = new(environment);
    private readonly ResultsOption _results = new(environment);
    private readonly Option<bool> _wait = new("--wait") { Description = "Wait for the verdict, write result.json, and exit with its code. Ctrl-C stops the run in order." };
    private readonly Option<string?> _junit = JunitOption.Create("With --wait: also write promises and thresholds as JUnit XML, for CI.");
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object: the result with --wait, else the run's name; progress goes to standard error." };

    public Command Create()
    {
        var command = new Command("submit", "Gives a scenario to a cluster to play.");
        _scenario.AddTo(command);
        _conductor.AddTo(command);
        command.Add(_wait);
        command.Add(_results.Option);
        command.Add(_junit);
        command.Add(_json);
        command.SetAction((parsed, _) => ExecuteAsync(parsed));
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult parsed)
    {
        if (_scenario.Read(parsed, environment) is not { IsValid: true } read)
        {
            return (int)ExitCode.Usage;
        }

        if (ScenarioGate.CheckForCluster(read, environment) is not ExitCode.Success and var refusal)
        {
            return (int)refusal;
        }

        var isWaiting = parsed.GetValue(_wait);
        if (!isWaiting && parsed.GetValue(_junit) is not null)
        {
            environment.Error.WriteLine("--junit needs --wait: there is nothing to write before the verdict\n    remedy:  give --wait too. Nothing was sent.");
            return (int)ExitCode.Usage;
        }

        using var client = _conductor.Read(parsed);
        ResultsFolder? results = null;
        if (client is null || (isWaiting && !_results.TryCreate(parsed, read.Scenario.Name, out results)))
        {
            return (int)ExitCode.Usage;
        }

        var isJson = parsed.GetValue(_json);
        using var signals = environment.ListenForSignals();
        try
        {
            var runId = await client.SubmitAsync(ScenarioSubmission.Of(read, isHere: false), signals.FirstSignal).ConfigureAwait(false);
            if (results is not null)
            {
                var run = new ClusterRunExecution(environment, client, new RunReports(environment, parsed.GetValue(_junit)), isQuiet: false, isJson);
                return await run.FollowAsync(runId, read, results, static () => null, signals).ConfigureAwait(false);
            }

            environment.Output.WriteLine(isJson ? $"{{ \"runId\": \"{runId}\" }}" : $"run {runId} has begun; see: uefarm status --conductor URL");
            return (int)ExitCode.Success;
        }
        catch (ConductorException exception)
        {
            return (int)_conductor.Report(exception);
        }
        catch (OperationCanceledException) when (signals.FirstSignal.IsCancellationRequested)
        {
            environment.Error.WriteLine("submit: stopped before the conductor had answered; see: uefarm status --conductor URL");
            return (int)ExitCode.Stopped;
        }
    }
}
