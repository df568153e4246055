using System.CommandLine;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Nodes;

namespace UeFarm.Farm.Cli;

/// <summary>Where the conductor is asked, and with what token.</summary>
internal sealed class ConductorArguments(CliEnvironment environment)
{
    private readonly Option<string> _conductor = new("--conductor")
    {
        Description = "The admin endpoint of any node of the cluster.",
        HelpName = "url",
        Required = true,
    };

    private readonly Option<string?> _tokenFile = new("--token-file") { Description = "File with the bearer token of the nodes.", HelpName = "file" };

    public void AddTo(Command command)
    {
        command.Add(_conductor);
        command.Add(_tokenFile);
    }

    /// <summary>Null: it cannot be asked; reported.</summary>
    public ConductorClient? Read(ParseResult parsed)
    {
        var text = parsed.GetValue(_conductor)!;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var node) || node.Scheme is not ("http" or "https") || node is not { PathAndQuery: "/" })
        {
            environment.Error.WriteLine($"--conductor '{text}' is no address of an admin endpoint\n    remedy:  write it like http://node-0.lab:9464");
            return null;
        }

        string? token = null;
        if (parsed.GetValue(_tokenFile) is { } path && !AdminToken.TryReadText(path, out token, out var problem))
        {
            environment.Error.WriteLine($"--token-file '{path}' {problem.Problem}\n    allowed: {AdminToken.Allowed}\n    remedy:  {problem.Remedy}");
            return null;
        }

        return new ConductorClient([node], token);
    }

    public ExitCode Report(ConductorException exception) => Report(environment, exception);

    public static ExitCode Report(CliEnvironment environment, ConductorException exception)
    {
        var (remedy, code) = exception.Fault switch
        {
            ConductorFault.Away => ("see whether the nodes run and are ready, and whether this machine reaches them", ExitCode.MachineUnfit),
            ConductorFault.Refused => (null, ExitCode.Refused),
            ConductorFault.Unauthorized => ("give --token-file FILE, the same as the nodes have in admin.tokenFile", ExitCode.Usage),
            _ => ("use the version of the program that the nodes have", ExitCode.MachineUnfit),
        };
        environment.Error.WriteLine($"conductor: {exception.Message}");
        if (remedy is not null)
        {
            environment.Error.WriteLine($"    remedy:  {remedy}");
        }

        return code;
    }
}
