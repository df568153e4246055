using UeFarm.Actors.Journal;
using UeFarm.Actors.Run;
using UeFarm.Actors.Stores;

namespace UeFarm.Actors.Cluster;

/// <summary>What a node is given to take part in runs: how a scenario becomes settings, and where the shared data is. Thread-safe.</summary>
public interface IClusterRunFactory
{
    /// <summary>The settings of a run, the same on every node. Listening addresses are the node's own.</summary>
    /// <exception cref="InvalidDataException">The scenario cannot be played by a cluster; the message says why and what to do.</exception>
    Task<FarmRunSettings> CreateSettingsAsync(string scenario, IReadOnlyList<string> settings, CancellationToken cancellation);

    Task<IRunJournal> OpenJournalAsync(string runId, CancellationToken cancellation);

    /// <param name="group">Of the mailboxes.</param>
    /// <param name="isFirst">The run's first server: what an earlier run left is thrown away.</param>
    MailboxStoreSettings MailboxStoreOf(int group, bool isFirst);

    IRunRegister Register { get; }

    /// <summary>So many runs that have ended stay in the register, with their journals.</summary>
    int RunsKept { get; }

    /// <summary>Null: nobody looks at runs while they go on.</summary>
    IClusterRunWatcher? Watcher => null;

    /// <summary>The result document of a finished run, and its exit code.</summary>
    ClusterVerdict Judge(ClusterRunRecord run, ClusterBooks books, FarmRunResult result, IReadOnlyList<NodeTotals> nodes);
}
