using UeFarm.Actors.Traffic;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// The runs of a cluster, where a conductor that takes over finds them. What is decided once stays: of two conductors that do not know of each other the first one decides,
/// and the other one learns what. Thread-safe.
/// </summary>
public interface IRunRegister
{
    /// <summary>Null: there was none.</summary>
    Task<ClusterRunRecord?> FindNewestAsync(CancellationToken cancellation);

    /// <exception cref="InvalidDataException">There is no such run.</exception>
    Task<ClusterRunRecord> GetAsync(string runId, CancellationToken cancellation);

    /// <summary>False: another run has not ended.</summary>
    Task<bool> TryCreateAsync(ClusterRunRecord run, CancellationToken cancellation);

    /// <summary>When the schedule starts, in UTC ticks: as proposed, or as it was decided before.</summary>
    Task<long> DecideStartAsync(string runId, long proposedTicks, CancellationToken cancellation);

    Task<CertainChanges> ReadChangesAsync(string runId, CancellationToken cancellation);

    /// <summary>
    /// Adds a change behind <paramref name="place"/> others. False: there are more already, or it comes too late for <see cref="CertainChanges.Notice"/>, or the run has
    /// ended.
    /// </summary>
    Task<bool> TryAddChangeAsync(string runId, int place, RunChange change, CancellationToken cancellation);

    Task StopAsync(string runId, CancellationToken cancellation);

    Task AddNoteAsync(string runId, string note, CancellationToken cancellation);

    /// <summary>The result as proposed, or as it was decided before.</summary>
    Task<ClusterVerdict> DecideResultAsync(string runId, ClusterVerdict proposed, CancellationToken cancellation);

    /// <summary>Forgets runs that have ended, with their journals, but for the newest ones. The one under way is never forgotten.</summary>
    Task ForgetAsync(int keep, CancellationToken cancellation);
}
