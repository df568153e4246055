using System.CommandLine;
using System.Net.Sockets;
using UeFarm.Farm.Console;
using UeFarm.Farm.Guards;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Cli;

/// <summary><c>run FILE</c>: checks, guards, runs, writes the results, and exits with the verdict.</summary>
internal sealed class RunCommand(CliEnvironment environment, Func<IScenarioRunner> createRunner)
{
    private readonly ScenarioArguments _scenario = new();
    private readonly Option<string?> _out = new("--out") { Description = "Folder for the results (default results/NAME-TIME).", HelpName = "folder" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as one JSON document; progress goes to standard error." };
    private readonly Option<bool> _quiet = new("--quiet") { Description = "Print the verdict only." };

    public Command Create()
    {
        var command = new Command("run", "Runs a scenario: live view, results folder, verdict. Ctrl-C once stops in order, twice at once.");
        _scenario.AddTo(command);
        command.Add(_out);
        command.Add(_json);
        command.Add(_quiet);
        command.SetAction((parsed, _) => ExecuteAsync(parsed));
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult parsed)
    {
        if (_scenario.Read(parsed, environment) is not { IsValid: true } read)
        {
            return (int)ExitCode.Usage;
        }

        var plan = RunPlan.Of(read.Scenario);
        var refusals = SafetyGuards.Check(plan);
        if (refusals.Count > 0)
        {
            foreach (var refusal in refusals)
            {
                environment.Error.WriteLine($"refused: {refusal.Path}: {refusal.Problem}\n    remedy:  {refusal.Remedy}");
            }

            environment.Error.WriteLine("Nothing was sent.");
            return (int)ExitCode.Refused;
        }

        if (read.Scenario.ApplicationServer.Servers > 1)
        {
            environment.Error.WriteLine(
                $"applicationServer.servers above 1 is not played by run; play it with: uefarm size {read.Source.FileName}\nNothing was sent.");
            return (int)ExitCode.Usage;
        }

        if (!TryCreateResults(parsed.GetValue(_out), read.Scenario.Name, out var results))
        {
            return (int)ExitCode.Usage;
        }

        results.WriteScenario(read.Source.Text);
        return await RunAsync(new RunRequest(read.Scenario, read.Source, results), plan, parsed.GetValue(_quiet), parsed.GetValue(_json)).ConfigureAwait(false);
    }

    private async Task<int> RunAsync(RunRequest request, RunPlan plan, bool isQuiet, bool isJson)
    {
        using var signals = environment.ListenForSignals();
        var view = RunViews.Create(environment, isQuiet, isJson);
        await using (view.ConfigureAwait(false))
        {
            view.OnStarting(plan);
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

            request.Results.WriteResult(outcome.Result);
            view.OnFinished(outcome.Result, request.Results.FullPath);
            if (isJson)
            {
                environment.Output.WriteLine(ResultJson.Serialize(outcome.Result));
            }

            return outcome.Result.ExitCode;
        }
    }

    private bool TryCreateResults(string? path, string name, out ResultsFolder results)
    {
        results = null!;
        try
        {
            if (path is null)
            {
                results = ResultsFolder.CreateNew(environment.ResultsParent, name, environment.Time.GetUtcNow());
                return true;
            }

            if (ResultsFolder.TryUse(path, out var folder, out var problem))
            {
                results = folder!;
                return true;
            }

            environment.Error.WriteLine($"--out: {problem}; name a new folder. Nothing was sent.");
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            environment.Error.WriteLine($"The results folder cannot be made: {exception.Message} Nothing was sent.");
            return false;
        }
    }
}
