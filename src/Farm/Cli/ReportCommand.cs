using System.CommandLine;
using UeFarm.Farm.Report;
using UeFarm.Farm.Report.Stored;

namespace UeFarm.Farm.Cli;

/// <summary><c>report DIR [DIR2]</c>: writes the report of a run, or a comparison of two, as one HTML file.</summary>
internal sealed class ReportCommand(CliEnvironment environment)
{
    private readonly Argument<string> _folder = new("DIR") { Description = "The folder of a run." };

    private readonly Argument<string?> _second = new("DIR2") { Description = "The folder of a later run, to compare with the first.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "The file to write (default DIR/report.html; of two runs DIR2/comparison.html).",
        HelpName = "file",
    };

    private readonly Option<string?> _junit = JunitOption.Create("Also write promises and thresholds (of two runs: of the second) as JUnit XML, for CI.");

    public Command Create()
    {
        var command = new Command("report", "Writes the report of a run as one HTML file; of two runs, a comparison.") { _folder, _second, _out, _junit };
        command.SetAction(parsed => (int)Execute(parsed));
        return command;
    }

    private ExitCode Execute(ParseResult parsed)
    {
        var folder = parsed.GetValue(_folder)!;
        if (!TryRead(folder, out var run))
        {
            return ExitCode.Usage;
        }

        var second = parsed.GetValue(_second);
        StoredRun? later = null;
        if (second is not null && !TryRead(second, out later))
        {
            return ExitCode.Usage;
        }

        var path = parsed.GetValue(_out) ?? (second is null ? ResultsFolder.Of(folder).ReportFile : ResultsFolder.Of(second).ComparisonFile);
        try
        {
            if (later is null)
            {
                ReportFiles.WriteReport(path, run);
            }
            else
            {
                ReportFiles.WriteComparison(path, run, later);
            }

            environment.Output.WriteLine($"Wrote {path}");
            path = parsed.GetValue(_junit);
            if (path is not null)
            {
                ReportFiles.WriteJunit(path, (later ?? run).Result);
                environment.Output.WriteLine($"Wrote {path}");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            environment.Error.WriteLine($"{path}: cannot be written: {exception.Message}\n    remedy:  name another file with --out or --junit");
            return ExitCode.Usage;
        }

        ShowSources(folder);
        if (second is not null)
        {
            ShowSources(second);
        }

        return ExitCode.Success;
    }

    private void ShowSources(string folder)
    {
        var files = ResultsFolder.Of(folder);
        (string Path, string Holds)[] sources =
            [(files.SeriesFile, "the series behind the plots"), (files.MachineFile, "memory and processor time"), (files.LedgerFile, "every message")];
        foreach (var (path, holds) in sources.Where(static source => File.Exists(source.Path)))
        {
            environment.Output.WriteLine($"  {path}: {holds}, as CSV");
        }
    }

    private bool TryRead(string folder, out StoredRun run)
    {
        if (StoredRunReader.TryRead(folder, out run, out var fault))
        {
            return true;
        }

        environment.Error.WriteLine(fault.Format());
        environment.Error.WriteLine("Nothing was written.");
        return false;
    }
}
