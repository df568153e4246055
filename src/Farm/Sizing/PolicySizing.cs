using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Sizing;

/// <summary>What one policy made of the traffic, at the capacity of the scenario.</summary>
/// <param name="Policy">As the scenario names it.</param>
/// <param name="Detail">What else the rule goes by: "64 partitions", "5m"; empty: nothing.</param>
/// <param name="Stale">First-time messages that it refused as too old, or because it was full of younger ones.</param>
/// <param name="Tie">Refused as old as the oldest one held.</param>
/// <param name="Future">Refused by the bound on the future.</param>
/// <param name="AcceptedTwice">Replays and redelivered copies accepted although their message had been accepted before.</param>
/// <param name="MinCapacity">Entries at which it refuses nothing as stale or tie; null: no capacity can promise that, or none is needed.</param>
internal sealed record PolicySizing(ReplayPolicyKind Policy, string Detail, long Stale, long Tie, long Future, long AcceptedTwice, long? MinCapacity)
{
    public long Refused => Stale + Tie + Future;
}
