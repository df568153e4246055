using UeFarm.Actors.Cluster;
using UeFarm.Actors.Traffic;

namespace UeFarm.TestSupport;

/// <summary>A register in memory, for as many conductors as a test has. Does what the one in PostgreSQL does.</summary>
public sealed class MemoryRunRegister : IRunRegister
{
    private readonly Lock _gate = new();
    private readonly List<ClusterRunRecord> _runs = [];

    public Task<ClusterRunRecord?> FindNewestAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Task.FromResult(_runs.OrderBy(static run => run.Created).ThenBy(static run => run.RunId, StringComparer.Ordinal).LastOrDefault());
        }
    }

    public Task<bool> TryCreateAsync(ClusterRunRecord run, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        lock (_gate)
        {
            if (_runs.Exists(known => known.Result is null || known.RunId == run.RunId))
            {
                return Task.FromResult(_runs.Exists(known => known.RunId == run.RunId && known.Result is null
                    && known.Scenario == run.Scenario && known.Overrides.SequenceEqual(run.Overrides)));
            }

            _runs.Add(run with { StartTicks = 0, IsStopped = false, Notes = [], Result = null });
            return Task.FromResult(true);
        }
    }

    public Task<long> DecideStartAsync(string runId, long proposedTicks, CancellationToken cancellation) =>
        Task.FromResult(Change(runId, run => run.StartTicks == 0 ? run with { StartTicks = proposedTicks } : run).StartTicks);

    public Task StopAsync(string runId, CancellationToken cancellation)
    {
        Change(runId, static run => run.Result is null ? run with { IsStopped = true } : run);
        return Task.CompletedTask;
    }

    public Task AddNoteAsync(string runId, string note, CancellationToken cancellation)
    {
        Change(runId, run => run.Result is null ? run with { Notes = [.. run.Notes ?? [], note] } : run);
        return Task.CompletedTask;
    }

    public Task<ClusterVerdict> DecideResultAsync(string runId, ClusterVerdict proposed, CancellationToken cancellation) =>
        Task.FromResult(Change(runId, run => run.Result is null ? run with { Result = proposed } : run).Result!);

    public Task<ClusterRunRecord> GetAsync(string runId, CancellationToken cancellation) => Task.FromResult(Change(runId, static run => run));

    public Task<CertainChanges> ReadChangesAsync(string runId, CancellationToken cancellation)
    {
        // The time first: a change that comes between is then later than what is said.
        var until = TimeProvider.System.GetUtcNow() + CertainChanges.Notice;
        return Task.FromResult(new CertainChanges(Change(runId, static run => run).Changes ?? [], until.UtcTicks));
    }

    public Task<bool> TryAddChangeAsync(string runId, int place, RunChange change, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        var known = Change(runId, run => run.Result is null && (run.Changes ?? []).Count == place
            && run.StartTicks + change.At.Ticks >= (TimeProvider.System.GetUtcNow() + CertainChanges.Notice).UtcTicks
            ? run with { Changes = [.. run.Changes ?? [], change] }
            : run).Changes ?? [];
        return Task.FromResult(known.Count > place && known[place] == change);
    }

    public Task ForgetAsync(int keep, CancellationToken cancellation)
    {
        lock (_gate)
        {
            var old = _runs.Where(static run => run.Result is not null).OrderByDescending(static run => run.Created)
                .ThenByDescending(static run => run.RunId, StringComparer.Ordinal).Skip(keep).ToHashSet();
            _runs.RemoveAll(old.Contains);
        }

        return Task.CompletedTask;
    }

    private ClusterRunRecord Change(string runId, Func<ClusterRunRecord, ClusterRunRecord> change)
    {
        lock (_gate)
        {
            var place = _runs.FindIndex(run => run.RunId == runId);
            return place < 0 ? throw new InvalidDataException($"run {runId} is not in the register") : _runs[place] = change(_runs[place]);
        }
    }
}
