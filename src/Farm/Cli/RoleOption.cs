using System.CommandLine;
using UeFarm.Farm.Nodes;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cli;

/// <summary><c>--role</c> of the commands that write about a file format: without it, that of scenarios.</summary>
internal sealed class RoleOption(string description)
{
    public Option<string?> Option { get; } = new("--role") { Description = description, HelpName = "role" };

    /// <summary>False: not a role that a node can have; reported. Null: not given.</summary>
    public bool TryRead(ParseResult parsed, CliEnvironment environment, out NodeRole? role)
    {
        role = null;
        if (parsed.GetValue(Option) is not { } text)
        {
            return true;
        }

        role = text == "as" ? NodeRole.ApplicationServer : NodeRole.ClusterNode;
        if (((RolesKind)ClusterNodeFormat.Roles.Kind).TryRead(text, out _, out var problem))
        {
            return true;
        }

        environment.Error.WriteLine($"--role '{text}' {problem.Problem}; {problem.Remedy}");
        return false;
    }
}
