using System.CommandLine;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cli;

/// <summary>The scenario file and its overrides, shared by the commands that read one.</summary>
internal sealed class ScenarioArguments
{
    private readonly Argument<string> _file = new("FILE") { Description = "The scenario (YAML)." };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Overrides a key of the scenario, as in --set traffic.rate=100/s or --set 'phases[1].for=5s'.",
        HelpName = "key=value",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_set);
    }

    /// <summary>Reads the scenario; reports all mistakes on standard error and returns null when there are any.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="environment">For the report.</param>
    /// <param name="more">Overrides that other options stand for; they come last.</param>
    public ScenarioReadResult? Read(ParseResult parsed, CliEnvironment environment, params IReadOnlyList<string> more)
    {
        var result = ScenarioReader.ReadFile(parsed.GetValue(_file)!, [.. parsed.GetValue(_set) ?? [], .. more]);
        if (result.IsValid)
        {
            return result;
        }

        foreach (var mistake in result.Errors)
        {
            environment.Error.WriteLine(mistake.Format(result.Source.FileName));
        }

        var count = result.Errors.Count;
        environment.Error.WriteLine(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{count} mistake{(count == 1 ? "" : "s")}; nothing was sent."));
        return null;
    }
}
