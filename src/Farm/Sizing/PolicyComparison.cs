using UeFarm.Actors.Sizing;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>
/// The replay policies side by side. What a phone answers does not change what arrives, so that the phones of one run can ask a cache of every policy about
/// each message. What the scenario says of partitions, window and bound on the future holds for each policy that has such a thing.
/// </summary>
internal static class PolicyComparison
{
    private static readonly ReplayPolicyKind[] Order = [ReplayPolicyKind.Modified, ReplayPolicyKind.PerSender, ReplayPolicyKind.Window, ReplayPolicyKind.None];

    /// <summary>The caches to play beside that of the scenario.</summary>
    public static IReadOnlyList<ReplayCacheSettings> CachesBeside(ReplayCacheSettings own) =>
        [.. Order.Select(RunSettingsMapper.PolicyOf).Where(policy => policy != own.Policy).Select(policy => own with
        {
            Policy = policy,

            // A scenario of another policy need not have as many entries as partitions.
            SenderPartitions = policy == ReplayPolicy.PerSender ? Math.Min(own.SenderPartitions, own.CapacityEntries) : own.SenderPartitions,
        })];

    /// <summary>What each policy came to in a run with <see cref="CachesBeside"/>.</summary>
    public static IReadOnlyList<PolicySizing> Of(ReplayCacheSettings own, SizingResult result) => [.. Order.Select(kind =>
    {
        var policy = RunSettingsMapper.PolicyOf(kind);
        if (policy == own.Policy)
        {
            return new PolicySizing(kind, DetailOf(own), result.Stale, result.Tied, result.Future, result.AcceptedTwice, MinCapacityOf(own, result));
        }

        var other = result.Compared.First(verdicts => verdicts.Cache.Policy == policy);
        return new PolicySizing(kind, DetailOf(other.Cache), other.Stale, other.Tied, other.Future, other.AcceptedTwice, MinCapacityOf(other.Cache, result));
    })];

    /// <summary>Entries at which a cache of this policy refuses nothing as stale or tie; with partitions: enough in each for the one that needs most.</summary>
    public static long? MinCapacityOf(ReplayCacheSettings cache, SizingResult result) => cache.Policy switch
    {
        ReplayPolicy.Modified => result.Ranks.MaxRank + 1,
        ReplayPolicy.PerSender when result.RanksWithinPartitions is { } ranks => cache.SenderPartitions * (ranks.MaxRank + 1L),
        _ => null,
    };

    private static string DetailOf(ReplayCacheSettings cache) => cache.Policy switch
    {
        ReplayPolicy.PerSender => $"{UnitText.Count(cache.SenderPartitions)} {(cache.SenderPartitions == 1 ? "partition" : "partitions")}",
        ReplayPolicy.Window => UnitText.Duration(cache.Window),
        _ => "",
    };
}
