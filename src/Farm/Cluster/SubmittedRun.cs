using UeFarm.Actors.Cluster;
using UeFarm.Farm.Console;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Cluster;

/// <summary>A run that was submitted, followed to its verdict. That nodes and conductor go away for a while is no reason to give up.</summary>
internal sealed class SubmittedRun(ConductorClient client, string runId, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Longer than another conductor takes to begin.</summary>
    private static readonly TimeSpan LongestAway = TimeSpan.FromSeconds(120);

    /// <param name="view">Shown the state once a second.</param>
    /// <param name="plan">Of the run.</param>
    /// <param name="isHopeless">Why nobody will answer any more; null: somebody may.</param>
    /// <param name="stop">The run is asked to stop, in order; it still has a verdict.</param>
    /// <exception cref="ConductorException">No verdict is to be had.</exception>
    public async Task<ResultDocument> FollowAsync(IRunView view, RunPlan plan, Func<string?> isHopeless, CancellationToken stop)
    {
        var lastAnswer = time.GetTimestamp();
        var isStopAsked = false;
        var snapshots = new ClusterSnapshots(plan);
        while (true)
        {
            try
            {
                if (stop.IsCancellationRequested && !isStopAsked)
                {
                    await client.StopAsync(CancellationToken.None).ConfigureAwait(false);
                    isStopAsked = true;
                }

                var status = await client.StatusAsync(CancellationToken.None).ConfigureAwait(false);
                if (status.RunId == runId)
                {
                    lastAnswer = time.GetTimestamp();
                    view.OnClusterSnapshot(snapshots.Of(status), ClusterStatusText.Line(status, time.GetUtcNow()));
                    if (status.Stage == nameof(ClusterRunStage.Ended))
                    {
                        return await client.ResultAsync(CancellationToken.None).ConfigureAwait(false);
                    }
                }
                else if (status.RunId.Length > 0)
                {
                    throw new ConductorException(ConductorFault.Refused, $"run {status.RunId} has begun since run {runId}, whose result is in the database");
                }
            }
            catch (ConductorException exception) when (exception.Fault == ConductorFault.Away || (isStopAsked is false && stop.IsCancellationRequested))
            {
                if (isHopeless() is { } why)
                {
                    throw new ConductorException(ConductorFault.Away, why, exception);
                }

                if (time.GetElapsedTime(lastAnswer) > LongestAway)
                {
                    throw;
                }

                isStopAsked |= exception.Fault == ConductorFault.Refused; // it has ended meanwhile
                view.OnNotice($"waiting for the conductor: {exception.Message}");
            }

            await Task.Delay(Interval, time, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
