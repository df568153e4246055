using System.Net;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Run;
using UeFarm.Actors.Stores;
using UeFarm.Farm.Console;
using UeFarm.Farm.Guards;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;
using RunBooks = UeFarm.Farm.Hosting.RunBooks;

namespace UeFarm.Farm.Cluster;

/// <summary>What a node plays scenarios with.</summary>
/// <param name="register">Of the cluster's runs.</param>
/// <param name="store">The shared database.</param>
/// <param name="domain">The only one that scenarios may be for; null: any.</param>
/// <param name="core">Where the core listens when it is on this node.</param>
/// <param name="resultsParent">The node that decides on a run writes its results into a folder in there.</param>
internal sealed class ScenarioRunFactory(IRunRegister register, ClusterStore store, string? domain, IPEndPoint core, string resultsParent) : IClusterRunFactory
{
    /// <summary>What errors and results call the scenario, which comes as a text.</summary>
    private const string FileName = "scenario.yaml";

    public IRunRegister Register => register;

    public int RunsKept => store.RunsKept;

    public IClusterRunWatcher Watcher { get; } = new ClusterLiveBoard(TimeProvider.System);

    public async Task<FarmRunSettings> CreateSettingsAsync(string scenario, IReadOnlyList<string> settings, CancellationToken cancellation) =>
        await RunSettingsMapper.MapAsync(Read(scenario, settings).Scenario!, databasePath: "", cancellation).ConfigureAwait(false);

    public async Task<IRunJournal> OpenJournalAsync(string runId, CancellationToken cancellation)
    {
        PostgresRunJournal? journal = null;
        var problem = "";
        await Task.Run(() => PostgresRunJournal.TryOpen(store.JournalOf(runId), out journal, out problem), cancellation).ConfigureAwait(false);
        return journal ?? throw new InvalidDataException($"the journal of run {runId} cannot be used: {problem}");
    }

    public MailboxStoreSettings MailboxStoreOf(int group, bool isFirst) => store.MailboxesOf(group, isFirst);

    public ClusterVerdict Judge(ClusterRunRecord run, ClusterBooks books, FarmRunResult result, IReadOnlyList<NodeTotals> nodes)
    {
        var read = Read(run.Scenario, run.Overrides);
        var played = new PlayedClusterRun(run, books, result.PlayedFor, RunStage.Settling, run.Notes ?? []);
        var runBooks = new RunBooks(read.Scenario!, played, result);
        var share = NodeShare.Of(nodes, played.StartOf(0), played.StartOf(0) + result.PlayedFor);
        var document = runBooks.ToDocument(read.Source, SeriesOf(read.Scenario!, books), new RunTimes(run.Created, TimeProvider.System.GetUtcNow(), share.Cpu, null), share);
        document = Write(run, runBooks, document);
        return new ClusterVerdict(ResultJson.Serialize(document), document.ExitCode, FinalBlock.Headline(document));
    }

    private static RunSeries SeriesOf(Scenario scenario, ClusterBooks books)
    {
        var series = new RunSeries();
        foreach (var moment in books.ReadCourse())
        {
            var phase = moment.Phase < 0 ? "registering" : moment.Phase < scenario.Phases.Count ? scenario.Phases[moment.Phase].Name : "settling";
            series.Add(SeriesPoint.Of(moment, phase, scenario.Subscribers.Count));
        }

        return series;
    }

    /// <summary>The verdict does not depend on a disk.</summary>
    private ResultDocument Write(ClusterRunRecord run, RunBooks books, ResultDocument document)
    {
        var path = Path.Combine(resultsParent, run.RunId);
        try
        {
            if (ResultsFolder.TryUse(path, out var folder, out var problem))
            {
                folder!.WriteScenario(run.Scenario);
                books.Write(folder);
                SeriesCsvWriter.WriteAll(folder.SeriesFile, document.Series);
                folder.WriteResult(document);
                return document;
            }

            return document with { Warnings = [.. document.Warnings, $"results were not written: {problem}"] };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return document with { Warnings = [.. document.Warnings, $"results were not written into {path}: {exception.Message}"] };
        }
    }

    private ScenarioReadResult Read(string text, IReadOnlyList<string> overrides)
    {
        if (ClusterScenarioRules.IsTooLong(text))
        {
            throw new InvalidDataException($"the scenario is longer than {ClusterScenarioRules.LongestText / 1024} KiB: shorten it");
        }

        var read = ScenarioReader.Read(text, FileName, overrides);
        if (!read.IsValid)
        {
            throw new InvalidDataException(string.Join('\n', read.Errors.Select(static mistake => mistake.Format(FileName))));
        }

        // The core listens where this node says, not where the scenario does.
        var scenario = read.Scenario with { Target = read.Scenario.Target with { Listen = core } };
        var subscribers = scenario.Subscribers.File;
        List<GuardRefusal> refusals = [.. ClusterScenarioRules.Check(scenario), .. SafetyGuards.Check(RunPlan.Of(scenario))];
        if (domain is not null && scenario.Target.Domain != domain)
        {
            refusals.Add(new GuardRefusal("target.domain", $"'{scenario.Target.Domain}' is not the domain of this cluster ({domain})", $"set it to {domain}"));
        }

        if (subscribers is not null && !scenario.Subscribers.IsPinned)
        {
            refusals.Add(new GuardRefusal(
                "subscribers.auth.fileHash", "is missing: nodes could have different subscribers", $"set it to the file's SHA-256, here {subscribers.Sha256}"));
        }

        return refusals.Count == 0
            ? read
            : throw new InvalidDataException(
                string.Join('\n', refusals.Select(static refusal => $"{refusal.Path}: {refusal.Problem}\n    remedy:  {refusal.Remedy}")));
    }
}
