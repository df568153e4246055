using System.CommandLine;
using System.Globalization;
using UeFarm.Actors.Traffic;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Hosting;

namespace UeFarm.Farm.Cli;

/// <summary><c>rate</c> and <c>scale</c>: turn a knob of the run that a cluster plays.</summary>
internal sealed class ChangeCommand(CliEnvironment environment, RunChangeKind kind)
{
    private readonly ConductorArguments _conductor = new(environment);
    private readonly Argument<string> _value = new("value") { Description = kind == RunChangeKind.Rate ? RunChangeText.AllowedRate : RunChangeText.AllowedScale };
    private readonly Option<string?> _within = new("--within") { Description = "Phones come or go spread over this time; 5s when nothing is said.", HelpName = "time" };

    public Command Create()
    {
        var command = kind == RunChangeKind.Rate
            ? new Command("rate", "Changes how many messages the run of a cluster sends, some seconds from now on.")
            : new Command("scale", "Changes how many phones of the run of a cluster are online, some seconds from now on.");
        command.Add(_value);
        if (kind == RunChangeKind.Scale)
        {
            command.Add(_within);
        }

        _conductor.AddTo(command);
        command.SetAction(async (parsed, cancellation) => (int)await ExecuteAsync(parsed, cancellation).ConfigureAwait(false));
        return command;
    }

    private async Task<ExitCode> ExecuteAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var value = parsed.GetValue(_value)!;
        var within = kind == RunChangeKind.Scale ? parsed.GetValue(_within) : null;
        if (!RunChangeText.TryRead(kind, value, within, by: "", out _, out var problem))
        {
            environment.Error.WriteLine($"{parsed.CommandResult.Command.Name} '{value}' {problem.Problem}\n    remedy:  {problem.Remedy}");
            return ExitCode.Usage;
        }

        using var client = _conductor.Read(parsed);
        if (client is null)
        {
            return ExitCode.Usage;
        }

        try
        {
            var change = await client.ChangeAsync(kind, value, within, cancellation).ConfigureAwait(false);
            environment.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run {change.RunId}: {change.What} from {change.At:0.0} s after its first phase began"));
            return ExitCode.Success;
        }
        catch (ConductorException exception)
        {
            return _conductor.Report(exception);
        }
    }
}
