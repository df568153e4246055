using System.CommandLine;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Cli;

/// <summary><c>--out</c>: where the results of a run go.</summary>
internal sealed class ResultsOption(CliEnvironment environment)
{
    public Option<string?> Option { get; } = new("--out") { Description = "Folder for the results (default results/NAME-TIME).", HelpName = "folder" };

    /// <summary>False: there can be none; reported.</summary>
    public bool TryCreate(ParseResult parsed, string name, out ResultsFolder results)
    {
        var path = parsed.GetValue(Option);
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
