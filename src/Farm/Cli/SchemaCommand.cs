using System.CommandLine;
using UeFarm.Farm.Nodes;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cli;

/// <summary><c>schema</c>: prints the JSON Schema of the scenario format, or of node files, for editors.</summary>
internal sealed class SchemaCommand(CliEnvironment environment)
{
    private readonly Option<bool> _reference = new("--reference") { Description = "Print the reference (Markdown) instead.", Hidden = true };

    private readonly RoleOption _role = new("Print that of a node file of this role instead: as, or roles of a cluster's node.");

    public Command Create()
    {
        var command = new Command("schema", "Prints the JSON Schema of the scenario format.") { _reference, _role.Option };
        command.SetAction(parsed => (int)Execute(parsed));
        return command;
    }

    private ExitCode Execute(ParseResult parsed)
    {
        if (!_role.TryRead(parsed, environment, out var role))
        {
            return ExitCode.Usage;
        }

        environment.Output.Write((parsed.GetValue(_reference), role) switch
        {
            (true, null) => ScenarioReference.Write(),
            (true, _) => NodeReference.Write(),
            (false, null) => ScenarioSchema.Write(),
            (false, NodeRole.ApplicationServer) => ScenarioSchema.Write(NodeFormat.Document),
            (false, _) => ScenarioSchema.Write(ClusterNodeFormat.Document),
        });
        return ExitCode.Success;
    }
}
