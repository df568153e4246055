using System.Text.Json.Serialization;
using UeFarm.Actors.Run;
using UeFarm.Farm.Sizing;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Report;

/// <summary>How large the phones' replay caches had to be for what really arrived, by the modified rule whatever the policy was.</summary>
/// <remarks>
/// Messages: Those that met a replay cache for the first time.
/// MinCapacity: Smallest capacity that refuses none of them.
/// Curve: What some capacities refuse, ascending; all of the curve lies between them.
/// </remarks>
internal sealed record CapacityResult(
    long Messages,
    int MinCapacity,
    [property: JsonPropertyName("capacityFor1e-3")] int CapacityForThousandth,
    [property: JsonPropertyName("capacityFor1e-6")] int CapacityForMillionth,
    IReadOnlyList<CapacityPoint> Curve,
    IReadOnlyList<PhaseSizing> Phases)
{
    /// <summary>Null: nothing met a replay cache.</summary>
    public static CapacityResult? Of(RankRecorder recorder, IEnumerable<string> phases)
    {
        var byPhase = recorder.ByPhase();
        var total = new RankHistogram();
        foreach (var ranks in byPhase)
        {
            total.Merge(ranks);
        }

        var curve = new CapacityCurve(total);
        return curve.Messages == 0 ? null : new CapacityResult(
            curve.Messages,
            curve.MinCapacity,
            curve.CapacityFor(1e-3),
            curve.CapacityFor(1e-6),
            [.. CurveSamples.Of(curve).Select(capacity => new CapacityPoint(capacity, curve.RejectedAt(capacity)))],
            [.. phases.Zip(byPhase, static (name, ranks) => new PhaseSizing(name, ranks.Total, ranks.MaxRank + 1))]);
    }
}
