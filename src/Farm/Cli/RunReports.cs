using UeFarm.Farm.Report;
using UeFarm.Farm.Report.Stored;

namespace UeFarm.Farm.Cli;

/// <summary>What is written about a finished run for people and for CI.</summary>
/// <remarks>junit: The JUnit XML to write; null: none.</remarks>
internal sealed class RunReports(CliEnvironment environment, string? junit)
{
    /// <summary>A report that cannot be written does not change the verdict: result.json is there, and the report can be made from it.</summary>
    public void Write(ResultsFolder results, ResultDocument result)
    {
        var path = results.ReportFile;
        try
        {
            if (StoredRunReader.TryRead(results.FullPath, out var stored, out var fault))
            {
                ReportFiles.WriteReport(path, stored);
            }
            else
            {
                environment.Error.WriteLine(fault.Format());
            }

            if (junit is not null)
            {
                path = junit;
                ReportFiles.WriteJunit(path, result);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            environment.Error.WriteLine($"{path}: cannot be written: {exception.Message}\n    remedy:  uefarm report {results.FullPath} [--junit FILE]");
        }
    }
}
