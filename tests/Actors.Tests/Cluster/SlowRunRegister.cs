using UeFarm.Actors.Cluster;
using UeFarm.Actors.Traffic;

namespace UeFarm.Actors.Tests.Cluster;

/// <summary>A register that is as far away as a database may be: a conductor hears several of its own ticks before the first answer.</summary>
internal sealed class SlowRunRegister(IRunRegister register) : IRunRegister
{
    private static readonly TimeSpan Distance = TimeSpan.FromMilliseconds(300);

    public async Task<ClusterRunRecord?> FindNewestAsync(CancellationToken cancellation)
    {
        await Task.Delay(Distance, cancellation);
        return await register.FindNewestAsync(cancellation);
    }

    public Task<bool> TryCreateAsync(ClusterRunRecord run, CancellationToken cancellation) => register.TryCreateAsync(run, cancellation);

    public Task<long> DecideStartAsync(string runId, long proposedTicks, CancellationToken cancellation) => register.DecideStartAsync(runId, proposedTicks, cancellation);

    public Task<ClusterRunRecord> GetAsync(string runId, CancellationToken cancellation) => register.GetAsync(runId, cancellation);

    public Task<CertainChanges> ReadChangesAsync(string runId, CancellationToken cancellation) => register.ReadChangesAsync(runId, cancellation);

    public Task<bool> TryAddChangeAsync(string runId, int place, RunChange change, CancellationToken cancellation) =>
        register.TryAddChangeAsync(runId, place, change, cancellation);

    public Task StopAsync(string runId, CancellationToken cancellation) => register.StopAsync(runId, cancellation);

    public Task AddNoteAsync(string runId, string note, CancellationToken cancellation) => register.AddNoteAsync(runId, note, cancellation);

    public Task<ClusterVerdict> DecideResultAsync(string runId, ClusterVerdict proposed, CancellationToken cancellation) =>
        register.DecideResultAsync(runId, proposed, cancellation);

    public Task ForgetAsync(int keep, CancellationToken cancellation) => register.ForgetAsync(keep, cancellation);
}
