using System.Security.Cryptography;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

public sealed class UeDurableStateTests
{
    private static readonly ReplayCacheSettings Settings = new() { CapacityEntries = 3 };

    [Fact]
    public void A_restored_cache_still_knows_every_message()
    {
        var state = Restarted(ReplayRestart.Restore);

        Assert.Equal(ReplayVerdict.Duplicate, Offer(state, 30));
        Assert.Equal(ReplayVerdict.Accepted, Offer(state, 15));
    }

    [Fact]
    public void Rejecting_older_ones_refuses_replays_and_everything_not_later_than_the_newest_seen()
    {
        var state = Restarted(ReplayRestart.RejectOlder);

        Assert.Equal(ReplayVerdict.Stale, Offer(state, 30));
        Assert.Equal(ReplayVerdict.Stale, Offer(state, 15));
        Assert.Equal(ReplayVerdict.Accepted, Offer(state, 31));
    }

    [Fact]
    public void An_empty_cache_lets_a_replay_in_which_is_the_hole_that_it_shows()
    {
        var state = Restarted(ReplayRestart.Empty);

        Assert.Equal(ReplayVerdict.Accepted, Offer(state, 30));
    }

    private static UeDurableState Restarted(ReplayRestart rule)
    {
        var state = new UeDurableState { ReplayCache = ReplayCaches.Create(Settings) };
        Assert.Equal(ReplayVerdict.Accepted, Offer(state, 10));
        Assert.Equal(ReplayVerdict.Accepted, Offer(state, 30));
        state.RestartReplayCache(rule, Settings);
        return state;
    }

    private static ReplayVerdict Offer(UeDurableState state, ulong time) =>
        state.ReplayCache!.CheckAndInsert(new ReplayEntry(time, ReplayDigest.Read(SHA256.HashData(BitConverter.GetBytes(time)))), nowOrderKey: time);
}
