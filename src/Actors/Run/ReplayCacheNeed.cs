using System.Text.Json.Serialization;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Run;

/// <summary>How many entries a phone's replay cache had to have so far, by the modified rule whatever the policy was.</summary>
/// <param name="MinCapacity">To refuse none of the messages.</param>
/// <param name="ForMillionth">To refuse at most one in a million.</param>
/// <param name="ForThousandth">To refuse at most one in a thousand.</param>
public sealed record ReplayCacheNeed(
    int MinCapacity, [property: JsonPropertyName("capacityFor1e-6")] int ForMillionth, [property: JsonPropertyName("capacityFor1e-3")] int ForThousandth)
{
    /// <summary>Null: nothing has met a replay cache.</summary>
    public static ReplayCacheNeed? Of(RankRecorder ranks)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        var curve = new CapacityCurve(ranks.Total());
        return curve.Messages == 0 ? null : new ReplayCacheNeed(curve.MinCapacity, curve.CapacityFor(1e-6), curve.CapacityFor(1e-3));
    }
}
