using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Simulation.Tests.Ue;

/// <summary>Messages held back on the path and delivered in another order, as by a mailbox whose drain is bypassed by live traffic.</summary>
public class OvertakingTests
{
    [Theory]
    [InlineData(1, 31)]
    [InlineData(4, 32)]
    [InlineData(16, 33)]
    [InlineData(40, 34)]
    public void A_phone_refuses_exactly_those_that_the_rank_rule_says(int capacity, ulong seed)
    {
        var (world, held) = Collect(seed, settings => settings with { ReplayCache = new ReplayCacheSettings { CapacityEntries = capacity } });
        var random = new SeededRandomSource(seed);

        // Live traffic overtakes what is deferred: two ordered streams at different speeds, and every fifth message a second time.
        var deferred = new Queue<SipRequest>(held.Take(held.Count / 2));
        var live = new Queue<SipRequest>(held.Skip(held.Count / 2));
        var arrivals = new List<SipRequest>();
        while (deferred.Count + live.Count > 0)
        {
            var isLive = live.Count > 0 && (deferred.Count == 0 || random.NextUInt64() % 3 == 0);
            arrivals.Add(isLive ? live.Dequeue() : deferred.Dequeue());
            if (arrivals.Count % 5 == 0)
            {
                arrivals.Add(arrivals[(int)(random.NextUInt64() % (ulong)arrivals.Count)]);
            }
        }

        world.Interceptor = null;
        var before = world.Facts.Count;
        var number = 0;
        foreach (var message in arrivals)
        {
            world.Inject(1, Interception.InNewTransaction(message, ++number));
            world.Run(TimeSpan.FromSeconds(1));
        }

        var received = world.Facts.Skip(before).Select(each => each.Fact).Where(fact => fact.Kind == UeEffectKind.MessageReceived).ToArray();
        Assert.Equal(arrivals.Count, received.Length);
        var seen = new HashSet<ulong>();
        var refused = 0;
        foreach (var fact in received)
        {
            var key = fact.Timestamp.OrderKey;
            if (seen.Contains(key))
            {
                // A copy: known when still held, too old when not; never accepted again.
                Assert.NotEqual(ReceiveOutcome.Accepted, fact.Outcome);
                continue;
            }

            var rank = seen.Count(other => other >= key);
            seen.Add(key);
            Assert.Equal(rank < capacity ? ReceiveOutcome.Accepted : ReceiveOutcome.Stale, fact.Outcome);
            refused += rank < capacity ? 0 : 1;
        }

        Assert.Equal(held.Count, seen.Count);
        Assert.Equal(capacity >= held.Count / 2, refused == 0);
    }

    /// <summary>A hundred messages from phone 0 that phone 1 has not seen yet, in the order of their timestamps.</summary>
    private static (PhoneWorld World, List<SipRequest> Held) Collect(ulong seed, Func<UeSettings, UeSettings> change)
    {
        const int Messages = 80;
        var world = new PhoneWorld(seed, phones: 2, settings => change(settings with { MaxQueuedSends = Messages, SendAttempts = 1 }));
        world.RegisterAll();
        var held = new List<SipRequest>();
        var calls = new HashSet<string>();
        world.Interceptor = (_, request) =>
        {
            // Retransmissions of the same request are not collected twice.
            if (calls.Add(Convert.ToHexString(request.CallId)))
            {
                held.Add(request);
            }

            return true;
        };
        for (var id = 1; id <= Messages; id++)
        {
            world.Send(0, id, 1, "deferred");
        }

        world.Run(TimeSpan.FromHours(1));
        Assert.Equal(Messages, held.Count);
        return (world, held);
    }
}
