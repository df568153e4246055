using System.CommandLine;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cli;

/// <summary><c>schema</c>: prints the JSON Schema of the scenario format, for editors.</summary>
internal sealed class SchemaCommand(CliEnvironment environment)
{
    private readonly Option<bool> _reference = new("--reference") { Description = "Print the reference (Markdown) instead.", Hidden = true };

    public Command Create()
    {
        var command = new Command("schema", "Prints the JSON Schema of the scenario format.") { _reference };
        command.SetAction(parsed => environment.Output.Write(parsed.GetValue(_reference) ? ScenarioReference.Write() : ScenarioSchema.Write()));
        return command;
    }
}
