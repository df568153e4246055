using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace UeFarm.Farm.Report;

/// <summary>The folder of one run. A marker file tells our folders from other people's, which are never written into.</summary>
internal sealed partial class ResultsFolder
{
    private const string Marker = ".uefarm-results";
    private const int MaxSameSecond = 1000;

    private static readonly string[] OwnFiles =
    [
        Marker, "result.json", "ledger.csv", "arrivals.csv", "series.csv", "machine.csv", "scenario.yaml", "report.html", "comparison.html", "mailbox.db",
        "mailbox.db-wal", "mailbox.db-shm",
    ];

    private ResultsFolder(string path) => FullPath = path;

    public string FullPath { get; }

    public string ResultFile => Path.Combine(FullPath, "result.json");

    public string LedgerFile => Path.Combine(FullPath, "ledger.csv");

    public string ArrivalsFile => Path.Combine(FullPath, "arrivals.csv");

    public string SeriesFile => Path.Combine(FullPath, "series.csv");

    public string MachineFile => Path.Combine(FullPath, "machine.csv");

    /// <summary>The embedded application server's store.</summary>
    public string MailboxFile => Path.Combine(FullPath, "mailbox.db");

    public string ReportFile => Path.Combine(FullPath, "report.html");

    /// <summary>This run beside an earlier one.</summary>
    public string ComparisonFile => Path.Combine(FullPath, "comparison.html");

    public string ScenarioFile => Path.Combine(FullPath, "scenario.yaml");

    /// <summary>A folder that is there, to read from.</summary>
    public static ResultsFolder Of(string path) => new(path);

    /// <summary>A new folder <c>NAME-UTC</c> below the parent; a second run within the same second gets a number.</summary>
    public static ResultsFolder CreateNew(string parent, string name, DateTimeOffset utcNow)
    {
        var stem = Path.Combine(parent, string.Create(CultureInfo.InvariantCulture, $"{name}-{utcNow.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}"));
        for (var number = 1; number <= MaxSameSecond; number++)
        {
            var path = number == 1 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}");
            if (!Directory.Exists(path) && !File.Exists(path))
            {
                return Prepare(path);
            }
        }

        throw new IOException($"{stem} and {MaxSameSecond} more exist already.");
    }

    /// <summary>The folder that the user named: new, empty, or an earlier results folder, whose files are replaced. False: it is somebody else's.</summary>
    public static bool TryUse(string path, out ResultsFolder? folder, out string problem)
    {
        folder = null;
        problem = "";
        if (File.Exists(path))
        {
            problem = $"{path} is a file";
            return false;
        }

        if (Directory.Exists(path))
        {
            var entries = Directory.GetFileSystemEntries(path);
            var isOurs = File.Exists(Path.Combine(path, Marker)) && Array.TrueForAll(entries, static entry => IsOwn(Path.GetFileName(entry)));
            if (entries.Length > 0 && !isOurs)
            {
                problem = $"{path} is not empty and not a results folder of uefarm alone";
                return false;
            }

            Array.ForEach(entries, File.Delete);
        }

        folder = Prepare(path);
        return true;
    }

    /// <summary>What a node of a cluster on this machine printed; numbers from 1.</summary>
    public string NodeLogFile(int number) => Path.Combine(FullPath, string.Create(CultureInfo.InvariantCulture, $"node-{number}.log"));

    public void WriteScenario(string text) => File.WriteAllText(ScenarioFile, text);

    /// <summary>Written beside and renamed, so that a reader never sees half of it.</summary>
    public void WriteResult(ResultDocument result)
    {
        var temporary = ResultFile + ".new";
        File.WriteAllText(temporary, ResultJson.Serialize(result) + "\n", new UTF8Encoding(false));
        File.Move(temporary, ResultFile, overwrite: true);
    }

    private static bool IsOwn(string name) => OwnFiles.Contains(name) || NodeLogPattern().IsMatch(name);

    [GeneratedRegex("^node-[0-9]{1,3}\\.log$")]
    private static partial Regex NodeLogPattern();

    private static ResultsFolder Prepare(string path)
    {
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, Marker), "Results of a uefarm run.\n");
        return new ResultsFolder(path);
    }
}
