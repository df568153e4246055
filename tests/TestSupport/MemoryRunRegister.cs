using UeFarm.Actors.Cluster;

namespace UeFarm.TestSupport;

/// <summary>The contract of a register of runs in its plainest form, for tests without a database.</summary>
public sealed class MemoryRunRegister : IRunRegister
{
    private readonly Lock _gate = new();
    private ClusterRunRecord? _newest;

    public Task<ClusterRunRecord?> FindNewestAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Task.FromResult(_newest);
        }
    }

    public Task<bool> TryCreateAsync(ClusterRunRecord run, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_newest is { Result: null })
            {
                return Task.FromResult(false);
            }

            _newest = run;
            return Task.FromResult(true);
        }
    }

    public Task<long> DecideStartAsync(string runId, long proposedTicks, CancellationToken cancellation) =>
        Change(runId, run => run.StartTicks == 0 ? run with { StartTicks = proposedTicks } : run, static run => run.StartTicks);

    public Task StopAsync(string runId, CancellationToken cancellation) => Change(runId, static run => run with { IsStopped = true }, static run => 0);

    public Task AddNoteAsync(string runId, string note, CancellationToken cancellation) =>
        Change(runId, run => run with { Notes = [.. run.Notes ?? [], note] }, static run => 0);

    public Task<ClusterVerdict> DecideResultAsync(string runId, ClusterVerdict proposed, CancellationToken cancellation) =>
        Change(runId, run => run.Result is null ? run with { Result = proposed } : run, static run => run.Result!);

    private Task<T> Change<T>(string runId, Func<ClusterRunRecord, ClusterRunRecord> change, Func<ClusterRunRecord, T> read)
    {
        lock (_gate)
        {
            if (_newest?.RunId != runId)
            {
                throw new InvalidOperationException($"there is no run {runId}");
            }

            _newest = change(_newest);
            return Task.FromResult(read(_newest));
        }
    }
}
