using System.Net;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;
using Xunit;
using static UeFarm.Protocol.Tests.Sip.SipSamples;

namespace UeFarm.Protocol.Tests.Sip.Transactions;

/// <summary>Two layers against each other over a seeded network that loses, doubles and reorders, in virtual time from deadline to deadline.</summary>
public sealed class SipTransactionSimulationTests
{
    private const int Requests = 150;
    private static readonly SipHop Client = new(SipTransportKind.Udp, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 5060), 0);
    private static readonly SipHop Server = new(SipTransportKind.Udp, new IPEndPoint(IPAddress.Parse("192.0.2.2"), 5060), 0);

    public static TheoryData<ulong, int, int> Networks()
    {
        var data = new TheoryData<ulong, int, int>();
        for (var seed = 1UL; seed <= 12; seed++)
        {
            data.Add(seed, 30, 20);
            data.Add(seed + 100, 0, 0);
            data.Add(seed + 200, 80, 10);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Each_request_ends_exactly_once_and_is_delivered_at_most_once(ulong seed, int lossPercent, int duplicatePercent)
    {
        var run = new Run(seed, lossPercent, duplicatePercent);
        run.Play();
        Assert.All(run.Ended, times => Assert.Equal(1, times));
        Assert.All(run.Delivered, times => Assert.InRange(times, 0, 1));
        Assert.All(Enumerable.Range(0, Requests), token => Assert.True(run.Answered[token] <= run.Delivered[token], "an answer without a delivery"));
        Assert.Equal((0, 0), (run.ClientLayer.PendingClients, run.ServerLayer.LiveServers));
        if (lossPercent == 0)
        {
            Assert.Equal(Requests, run.Answered.Sum());
        }
    }

    private sealed class Run(ulong seed, int lossPercent, int duplicatePercent)
    {
        private readonly SeededRandomSource _random = new(seed);
        private readonly PriorityQueue<Action, (long Ticks, int Order)> _events = new();
        private Instant _now;
        private int _order;

        public SipTransactionLayer ClientLayer { get; } = new(SipTimers.Default);

        public SipTransactionLayer ServerLayer { get; } = new(SipTimers.Default);

        public int[] Ended { get; } = new int[Requests];

        public int[] Answered { get; } = new int[Requests];

        public int[] Delivered { get; } = new int[Requests];

        public void Play()
        {
            for (var token = 0; token < Requests; token++)
            {
                var number = token;
                After(Below(20_000), () => ClientLayer.SendRequest(number, "z9hG4bK" + number, SipMethod.Message, Message(number), Server, _now));
            }

            while (true)
            {
                Drain(ClientLayer, Client);
                Drain(ServerLayer, Server);
                var next = Instant.Min(ClientLayer.NextDeadline, ServerLayer.NextDeadline);
                if (_events.TryPeek(out _, out var due) && due.Ticks <= next.Ticks)
                {
                    _now = new Instant(due.Ticks);
                    _events.Dequeue()();
                }
                else if (next < Instant.Never)
                {
                    _now = next;
                    ClientLayer.HandleTimeout(_now);
                    ServerLayer.HandleTimeout(_now);
                }
                else
                {
                    return;
                }
            }
        }

        private void Drain(SipTransactionLayer layer, SipHop self)
        {
            while (layer.TryTakeEffect(out var effect))
            {
                switch (effect.Kind)
                {
                    case SipTransactionEffectKind.Transmit:
                        Transmit(effect, self);
                        break;
                    case SipTransactionEffectKind.RequestReceived:
                        Answer(effect.ServerTransaction!);
                        break;
                    case SipTransactionEffectKind.ResponseReceived when effect.Response!.StatusCode >= 200:
                        Ended[effect.Token]++;
                        Answered[effect.Token]++;
                        break;
                    case SipTransactionEffectKind.ClientTimedOut:
                        Ended[effect.Token]++;
                        break;
                    default:
                        break;
                }
            }
        }

        // Delays stay below half a second: a copy sent at 31.5 s then arrives before timer J of a transaction answered at once ends, which is what the
        // timers assume.
        private void Transmit(SipTransactionEffect effect, SipHop self)
        {
            Assert.Equal(self == Client ? Server : Client, effect.Hop);
            var copies = Below(100) < lossPercent ? 0 : Below(100) < duplicatePercent ? 2 : 1;
            for (var copy = 0; copy < copies; copy++)
            {
                var message = Parse(effect.Bytes.ToArray());
                var target = self == Client ? ServerLayer : ClientLayer;
                After(Below(400), () => target.HandleMessage(message, self, _now));
            }
        }

        // Most answers come at once, some after the automatic 100, and with losses some too late.
        private void Answer(SipServerTransaction transaction)
        {
            Delivered[int.Parse(Text(transaction.Request.TopVia.Branch[7..]), System.Globalization.CultureInfo.InvariantCulture)]++;
            var delay = Below(10) switch
            {
                < 6 => 0,
                < 9 => Below(8000),
                _ => lossPercent == 0 ? Below(20_000) : Below(40_000),
            };
            After(delay, () => ServerLayer.Respond(transaction, 200, SipForwarding.Respond(transaction.Request, 200, "t", transaction.From), _now));
        }

        private void After(int milliseconds, Action action) => _events.Enqueue(action, ((_now + TimeSpan.FromMilliseconds(milliseconds)).Ticks, _order++));

        private int Below(int limit) => (int)(_random.NextUInt64() % (ulong)limit);

        private static byte[] Message(int token) => SipWriter.Rent().Request(SipMethod.Message, "sip:bob@example.com")
            .Via(SipTransportKind.Udp, "192.0.2.1:5060", "z9hG4bK" + token).Header(SipHeaderId.From, "<sip:a@b>;tag=1").Header(SipHeaderId.To, "<sip:c@d>")
            .Header(SipHeaderId.CallId, "c" + token).CSeq(1, SipMethod.Message).Finish();
    }
}
