using System.CommandLine;
using System.Net.Sockets;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Console;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Cli;

/// <summary><c>run FILE</c>: checks, guards, runs, writes the results, and exits with the verdict.</summary>
internal sealed class RunCommand(CliEnvironment environment, Func<IScenarioRunner> createRunner)
{
    private readonly ScenarioArguments _scenario = new();
    private readonly ResultsOption _results = new(environment);
    private readonly LocalClusterArguments _cluster = new(environment);
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as one JSON document; progress goes to standard error." };
    private readonly Option<bool> _quiet = new("--quiet") { Description = "Print the verdict only." };
    private readonly PageOption _page = new();
    private readonly Option<string?> _junit = JunitOption.Create("Also write promises and thresholds as JUnit XML, for CI.");

    public Command Create()
    {
        var command = new Command("run", "Runs a scenario: live view, results folder, verdict. Ctrl-C once stops in order, twice at once.");
        _scenario.AddTo(command);
        command.Add(_results.Option);
        command.Add(_json);
        command.Add(_quiet);
        command.Add(_junit);
        command.Add(_page.Option);
        _cluster.AddTo(command);
        command.SetAction((parsed, _) => ExecuteAsync(parsed));
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult parsed)
    {
        if (_scenario.Read(parsed, environment, _page.Overrides(parsed)) is not { IsValid: true } read)
        {
            return (int)ExitCode.Usage;
        }

        var isCluster = _cluster.IsWanted(parsed);
        if ((isCluster ? ScenarioGate.CheckForCluster(read, environment) : ScenarioGate.Check(read, environment)) is not ExitCode.Success and var refusal)
        {
            return (int)refusal;
        }

        var (nodes, store) = (0, default(ClusterStore));
        if ((isCluster && !_cluster.TryRead(parsed, out nodes, out store)) || !_results.TryCreate(parsed, read.Scenario.Name, out var results))
        {
            return (int)ExitCode.Usage;
        }

        var reports = new RunReports(environment, parsed.GetValue(_junit));
        if (isCluster)
        {
            return await _cluster.RunAsync(nodes, store!, read, results, reports, parsed.GetValue(_quiet), parsed.GetValue(_json)).ConfigureAwait(false);
        }

        results.WriteScenario(read.Source.Text);
        var request = new RunRequest(read.Scenario, read.Source, results);
        return await RunAsync(request, reports, parsed.GetValue(_quiet), parsed.GetValue(_json)).ConfigureAwait(false);
    }

    private async Task<int> RunAsync(RunRequest request, RunReports reports, bool isQuiet, bool isJson)
    {
        using var signals = environment.ListenForSignals();
        var view = RunViews.Create(environment, isQuiet, isJson, signals.StopInOrder);
        await using (view.ConfigureAwait(false))
        {
            view.OnStarting(RunPlan.Of(request.Scenario));
            using var notice = signals.FirstSignal.Register(() => view.OnNotice("Stopping: draining what is under way. Once more stops at once."));
            RunOutcome outcome;
            try
            {
                outcome = await createRunner().RunAsync(request, view, signals.FirstSignal).ConfigureAwait(false);
            }
            catch (InvalidDataException failure)
            {
                environment.Error.WriteLine($"The application server's store cannot be used: {failure.Message}\nNothing was sent.");
                return (int)ExitCode.MachineUnfit;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AddressNotAvailable or SocketError.AccessDenied)
            {
                environment.Error.WriteLine(
                    $"target.listen '{request.Scenario.Target.Listen}' {ListenFault.Explain(exception)}\n    remedy:  {ListenFault.Remedy}\nNothing was sent.");
                return (int)ExitCode.MachineUnfit;
            }
            catch (ListenException exception)
            {
                environment.Error.WriteLine($"{exception.Message}\n    remedy:  {ListenFault.Remedy}\nNothing was sent.");
                return (int)ExitCode.MachineUnfit;
            }

            request.Results.WriteResult(outcome.Result);
            view.OnFinished(outcome.Result, request.Results.FullPath);
            reports.Write(request.Results, outcome.Result);
            if (isJson)
            {
                environment.Output.WriteLine(ResultJson.Serialize(outcome.Result));
            }

            return outcome.Result.ExitCode;
        }
    }
}
