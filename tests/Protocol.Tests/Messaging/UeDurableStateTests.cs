using System.Security.Cryptography;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

public sealed class UeDurableStateTests
{
    private static readonly ReplayCacheSettings Modified = new() { CapacityEntries = 3 };
    private static readonly ReplayCacheSettings PerSender = new() { Policy = ReplayPolicy.PerSender, CapacityEntries = 6, SenderPartitions = 2 };

    public static TheoryData<ReplayPolicy> WithFloor => [ReplayPolicy.Modified, ReplayPolicy.PerSender];

    [Theory]
    [MemberData(nameof(WithFloor))]
    public void A_restored_cache_still_knows_every_message(ReplayPolicy policy)
    {
        var state = Restarted(policy, ReplayRestart.Restore);

        Assert.Equal(ReplayVerdict.Duplicate, Offer(state, 30));
        Assert.Equal(ReplayVerdict.Accepted, Offer(state, 15));
    }

    [Theory]
    [MemberData(nameof(WithFloor))]
    public void Rejecting_older_ones_refuses_replays_and_everything_not_later_than_the_newest_seen_of_anybody(ReplayPolicy policy)
    {
        var state = Restarted(policy, ReplayRestart.RejectOlder);

        foreach (var sender in (string[])["sip:a@ims.example", "sip:b@ims.example", "sip:unknown@ims.example"])
        {
            Assert.Equal(ReplayVerdict.Stale, Offer(state, 30, sender));
            Assert.Equal(ReplayVerdict.Stale, Offer(state, 15, sender));
        }

        Assert.Equal(ReplayVerdict.Accepted, Offer(state, 31));
    }

    [Theory]
    [MemberData(nameof(WithFloor))]
    public void Losing_the_entries_twice_still_refuses_what_was_accepted_before_the_first_loss(ReplayPolicy policy)
    {
        var state = Restarted(policy, ReplayRestart.RejectOlder);
        state.RestartReplayCache(ReplayRestart.RejectOlder, SettingsOf(policy), new SeededRandomSource(3));

        Assert.Equal(ReplayVerdict.Stale, Offer(state, 30));
    }

    [Theory]
    [MemberData(nameof(WithFloor))]
    public void An_empty_cache_lets_a_replay_in_which_is_the_hole_that_it_shows(ReplayPolicy policy)
    {
        var state = Restarted(policy, ReplayRestart.Empty);

        Assert.Equal(ReplayVerdict.Accepted, Offer(state, 30));
    }

    private static ReplayCacheSettings SettingsOf(ReplayPolicy policy) => policy == ReplayPolicy.PerSender ? PerSender : Modified;

    /// <summary>Two senders: the older message is of one, the newest of the other.</summary>
    private static UeDurableState Restarted(ReplayPolicy policy, ReplayRestart rule)
    {
        var state = new UeDurableState { ReplayCache = ReplayCaches.Create(SettingsOf(policy), new SeededRandomSource(1)) };
        Assert.Equal(ReplayVerdict.Accepted, Offer(state, 10, "sip:b@ims.example"));
        Assert.Equal(ReplayVerdict.Accepted, Offer(state, 30));
        state.RestartReplayCache(rule, SettingsOf(policy), new SeededRandomSource(2));
        return state;
    }

    private static ReplayVerdict Offer(UeDurableState state, ulong time, string sender = "sip:a@ims.example") => state.ReplayCache!.CheckAndInsert(
        new ReplayEntry(time, ReplayDigest.Read(SHA256.HashData(BitConverter.GetBytes(time)))) { Sender = sender }, nowOrderKey: time);
}
