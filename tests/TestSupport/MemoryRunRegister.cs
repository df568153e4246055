using UeFarm.Actors.Cluster;

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

    private ClusterRunRecord Change(string runId, Func<ClusterRunRecord, ClusterRunRecord> change)
    {
        lock (_gate)
        {
            var place = _runs.FindIndex(run => run.RunId == runId);
            return place < 0 ? throw new InvalidDataException($"run {runId} is not in the register") : _runs[place] = change(_runs[place]);
        }
    }
}
