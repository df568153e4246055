using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>The capacity for a tolerated loss, and what it rests on.</summary>
/// <param name="Loss">Share of first-time messages that may be refused, 0 to 1.</param>
/// <param name="Capacity">Smallest capacity whose observed share is not higher.</param>
/// <param name="ConfidentCapacity">Smallest capacity whose upper confidence bound is not higher; null: too few messages to say.</param>
/// <param name="MessagesNeeded">How many messages without a refusal it would take at least.</param>
internal sealed record LossAnswer(double Loss, int Capacity, int? ConfidentCapacity, long MessagesNeeded)
{
    public const double Confidence = 0.95;

    /// <summary>One in a thousand, one in a million.</summary>
    public static IReadOnlyList<LossAnswer> Of(CapacityCurve curve) => [Of(curve, 1e-3), Of(curve, 1e-6)];

    private static LossAnswer Of(CapacityCurve curve, double loss) => new(
        loss, curve.CapacityFor(loss), curve.TryGetCapacityFor(loss, Confidence, out var capacity) ? capacity : null, CapacityCurve.MessagesNeededFor(loss, Confidence));
}
