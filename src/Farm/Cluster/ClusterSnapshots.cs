using UeFarm.Actors.Cluster;
using UeFarm.Actors.Run;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cluster;

/// <summary>Makes pictures of a cluster's run from what its conductor says; rates are those since the picture before. For one thread at a time.</summary>
internal sealed class ClusterSnapshots(RunPlan plan)
{
    private static readonly LatencySnapshot None = LatencySnapshot.Empty;

    private ConductorStatus? _last;
    private (double Sent, double Accepted) _perSecond;

    public RunSnapshot Of(ConductorStatus status)
    {
        // By the conductor's clock, whatever that of this machine says.
        var played = TimeSpan.FromTicks(status.StartTicks == 0 ? 0 : Math.Max(0, status.NowTicks - status.StartTicks));
        var stage = StageOf(status);
        var phase = stage == RunStage.Settling ? plan.Phases.Count - 1 : Math.Max(0, plan.Phases.Count(phase => phase.Start <= played) - 1);
        if (_last is { } last && TimeSpan.FromTicks(status.NowTicks - last.NowTicks) is { TotalSeconds: > 0 } passed)
        {
            _perSecond = ((status.Sent - last.Sent) / passed.TotalSeconds, (status.Accepted - last.Accepted) / passed.TotalSeconds);
        }

        _last = status;
        var figures = status.Figures;
        return new RunSnapshot
        {
            Stage = stage,
            IsCluster = true,
            Elapsed = played,
            PhaseName = plan.Phases[phase].Name,
            PhaseIndex = phase,
            PhaseCount = plan.Phases.Count,
            PhaseRemaining = stage == RunStage.Playing ? plan.Phases[phase].Start + plan.Phases[phase].Length - played : TimeSpan.Zero,
            UesByState = new Dictionary<string, long> { ["registered"] = status.Registered },
            Sent = status.Sent,
            Accepted = status.Accepted,
            Stored = status.Backlog,
            MessagesInFlight = status.InFlight,
            SentPerSecond = _perSecond.Sent,
            AcceptedPerSecond = _perSecond.Accepted,
            RateFactor = status.RateFactor,
            RejectedByReason = figures?.Rejected ?? new Dictionary<string, long>(),
            FailedByReason = figures?.Failed ?? new Dictionary<string, long>(),
            Redelivered = figures?.Redelivered ?? 0,
            Delivery = figures is null ? None : Of(figures.Delivery),
            Answer = figures is null ? None : Of(figures.Answer),
            Lag = TimeSpan.FromSeconds(figures?.LagP99 ?? 0),
            ReadCaches = () => new CacheFigures(null, figures?.ReplayCaches),
            Parts = [.. status.Nodes.Select(PartOf)],
        };
    }

    private static RunStage StageOf(ConductorStatus status) => status.Stage switch
    {
        nameof(ClusterRunStage.Playing) when status.NowTicks >= status.StartTicks => RunStage.Playing,
        nameof(ClusterRunStage.Settling) or nameof(ClusterRunStage.Closing) or nameof(ClusterRunStage.Ended) => RunStage.Settling,
        _ => RunStage.Registering,
    };

    private static RunPart PartOf(ConductorStatus.NodeStatus node) => new(
        node.Node,
        [
            $"{UnitText.Count(node.Registered)} phones", $"{UnitText.Count(node.Sent)} sent", $"{UnitText.Count(node.Accepted)} accepted", UnitText.Bytes(node.ResidentBytes),
            $"{UnitText.Count(node.Blocks)} blocks", string.Join(',', node.Roles),
        ]);

    private static LatencySnapshot Of(RunFigures.Latency latency) => new(latency.Samples, latency.P50, latency.P95, latency.P99, latency.Max);
}
