using System.CommandLine;
using UeFarm.Farm.Cluster;

namespace UeFarm.Farm.Cli;

/// <summary><c>stop</c>: asks a cluster to end its run in order.</summary>
internal sealed class StopCommand(CliEnvironment environment)
{
    private readonly ConductorArguments _conductor = new(environment);

    public Command Create()
    {
        var command = new Command("stop", "Asks a cluster to end its run in order: no new messages, what is under way settles, verdict STOPPED.");
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
            environment.Output.WriteLine($"run {await client.StopAsync(cancellation).ConfigureAwait(false)} stops");
            return ExitCode.Success;
        }
        catch (ConductorException exception)
        {
            return _conductor.Report(exception);
        }
    }
}
