using System.CommandLine;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Console;

namespace UeFarm.Farm.Cli;

/// <summary><c>status</c>: where the run of a cluster stands.</summary>
internal sealed class StatusCommand(CliEnvironment environment)
{
    private readonly ConductorArguments _conductor = new(environment);
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object." };

    public Command Create()
    {
        var command = new Command("status", "Shows where the run of a cluster stands, and its nodes.") { _json };
        _conductor.AddTo(command);
        command.SetAction(async (parsed, cancellation) => (int)await ExecuteAsync(parsed, cancellation).ConfigureAwait(false));
        return command;
    }

    private async Task<ExitCode> ExecuteAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var client = _conductor.Read(parsed);
        if (client is null)
        {
            return ExitCode.Usage;
        }

        try
        {
            if (parsed.GetValue(_json))
            {
                environment.Output.WriteLine((await client.StatusTextAsync(cancellation).ConfigureAwait(false)).TrimEnd());
                return ExitCode.Success;
            }

            foreach (var line in ClusterStatusText.Lines(await client.StatusAsync(cancellation).ConfigureAwait(false), environment.Time.GetUtcNow()))
            {
                environment.Output.WriteLine(line);
            }

            return ExitCode.Success;
        }
        catch (ConductorException exception)
        {
            return _conductor.Report(exception);
        }
    }
}
