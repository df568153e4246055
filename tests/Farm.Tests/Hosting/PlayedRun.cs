using System.Globalization;
using UeFarm.Actors.Run;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Hosting;

/// <summary>A whole run in this process with its files, which go when it is disposed.</summary>
internal sealed class PlayedRun : IDisposable
{
    private readonly TemporaryFolder _folder;

    private PlayedRun(TemporaryFolder folder, ResultsFolder results, ResultDocument document, SilentView view)
    {
        _folder = folder;
        Results = results;
        Document = document;
        View = view;
    }

    public ResultsFolder Results { get; }

    public ResultDocument Document { get; }

    public SilentView View { get; }

    public IReadOnlyList<IReadOnlyDictionary<string, string>> Ledger => ReadRows(Results.LedgerFile);

    public IReadOnlyList<IReadOnlyDictionary<string, string>> Arrivals => ReadRows(Results.ArrivalsFile);

    /// <summary>Plays a scenario to its end through the runner of the command line.</summary>
    public static async Task<PlayedRun> PlayAsync(string text, params string[] overrides)
    {
        var folder = new TemporaryFolder();
        var read = Read(text, overrides);
        var results = ResultsOf(folder);
        var view = new SilentView();
        var outcome = await new ScenarioRunner(TimeProvider.System)
            .RunAsync(new RunRequest(read.Scenario!, read.Source, results), view, TestContext.Current.CancellationToken);
        return new PlayedRun(folder, results, outcome.Result, view);
    }

    /// <summary>Starts the engine of a scenario, for tests that need to reach into it.</summary>
    public static Task<(FarmRun Run, Scenario Scenario, ScenarioSource Source)> StartAsync(TemporaryFolder folder, string text, params string[] overrides) =>
        StartAsync(folder, static settings => settings, text, overrides);

    /// <summary>The same with settings changed that no scenario can.</summary>
    public static async Task<(FarmRun Run, Scenario Scenario, ScenarioSource Source)> StartAsync(
        TemporaryFolder folder, Func<FarmRunSettings, FarmRunSettings> change, string text, params string[] overrides)
    {
        var read = Read(text, overrides);
        var settings = await RunSettingsMapper.MapAsync(read.Scenario!, Path.Combine(folder.Path, "mailbox.db"), TestContext.Current.CancellationToken);
        return (await FarmRun.StartAsync(change(settings with { SettleTime = TimeSpan.FromSeconds(10) })), read.Scenario!, read.Source);
    }

    public static ResultsFolder ResultsOf(TemporaryFolder folder)
    {
        Assert.True(ResultsFolder.TryUse(Path.Combine(folder.Path, "results"), out var results, out var problem), problem);
        return results!;
    }

    public static IReadOnlyList<IReadOnlyDictionary<string, string>> ReadRows(string path)
    {
        var lines = File.ReadAllLines(path);
        var names = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => names.Zip(line.Split(',')).ToDictionary(static pair => pair.First, static pair => pair.Second))];
    }

    public static long Number(IReadOnlyDictionary<string, string> row, string column) => long.Parse(row[column], CultureInfo.InvariantCulture);

    public void Dispose() => _folder.Dispose();

    /// <summary>A scenario that is valid.</summary>
    public static ScenarioReadResult Read(string text, string[] overrides)
    {
        var read = ScenarioReader.Read(text, "run.yaml", overrides);
        Assert.True(read.IsValid, string.Join('\n', read.Errors.Select(error => error.Format("run.yaml"))));
        return read;
    }
}
