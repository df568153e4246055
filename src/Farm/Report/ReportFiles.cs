using System.Text;
using UeFarm.Farm.Report.Html;
using UeFarm.Farm.Report.Stored;

namespace UeFarm.Farm.Report;

/// <summary>Writes reports beside results, renamed into place, so that a reader never sees half of one.</summary>
internal static class ReportFiles
{
    public static void WriteReport(string path, StoredRun run) => Write(path, RunReport.Write(run));

    public static void WriteComparison(string path, StoredRun before, StoredRun after) => Write(path, ComparisonReport.Write(before, after));

    public static void WriteJunit(string path, ResultDocument result) => Write(path, JunitXml.Write(result));

    private static void Write(string path, string text)
    {
        var temporary = path + ".new";
        File.WriteAllText(temporary, text, new UTF8Encoding(false));
        File.Move(temporary, path, overwrite: true);
    }
}
