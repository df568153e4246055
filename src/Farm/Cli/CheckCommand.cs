using System.CommandLine;
using UeFarm.Farm.Console;
using UeFarm.Farm.Guards;
using UeFarm.Farm.Hosting;

namespace UeFarm.Farm.Cli;

/// <summary><c>check FILE</c>: validates a scenario and prints its plan; sends nothing.</summary>
internal sealed class CheckCommand(CliEnvironment environment)
{
    private readonly ScenarioArguments _scenario = new();

    public Command Create()
    {
        var command = new Command("check", "Validates a scenario and prints what it would do; sends nothing.");
        _scenario.AddTo(command);
        command.SetAction(parsed => (int)Execute(parsed));
        return command;
    }

    private ExitCode Execute(ParseResult parsed)
    {
        if (_scenario.Read(parsed, environment) is not { IsValid: true } read)
        {
            return ExitCode.Usage;
        }

        var plan = RunPlan.Of(read.Scenario);
        var refusals = SafetyGuards.Check(plan);
        foreach (var line in PlanText.Lines(plan, read.Source, refusals))
        {
            environment.Output.WriteLine(line);
        }

        return refusals.Count == 0 ? ExitCode.Success : ExitCode.Refused;
    }
}
