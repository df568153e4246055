using System.Net;
using Akka.Actor;
using UeFarm.Actors.Run;
using UeFarm.Actors.Tests.Transport;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Virtual;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Virtual;

public sealed class VirtualRunWorldTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly VirtualRunWorld _world = new(new VirtualTimeSettings { Latency = TimeSpan.FromMilliseconds(20), Loss = 0.5 }, seed: 1);
    private readonly List<string> _log = [];

    [Fact]
    public async Task Actors_run_on_the_thread_that_lets_time_pass_in_the_order_of_what_was_told_and_never_by_themselves()
    {
        var first = _world.System.ActorOf(Props.Create(() => new Logger("first", _log)));
        var second = _world.System.ActorOf(Props.Create(() => new Logger("second", _log)));
        await _world.PassAsync(TimeSpan.Zero);
        second.Tell("a");
        first.Tell("b");
        second.Tell("c");
        Assert.Empty(_log);

        Assert.True(_world.PassAsync(TimeSpan.Zero).IsCompletedSuccessfully);
        Assert.Same(_world.System.Dispatchers.DefaultGlobalDispatcher, _world.System.Dispatchers.Lookup("akka.actor.internal-dispatcher"));
        var here = Environment.CurrentManagedThreadId;
        Assert.Equal([$"second a {here}", $"second c {here}", $"first b {here}"], _log);
    }

    [Fact]
    public async Task Time_moves_from_wake_up_to_wake_up_and_not_past_the_end()
    {
        var actor = _world.System.ActorOf(Props.Create(() => new Logger("woken", _log)));
        var start = _world.Wheel.Now;
        _world.Wheel.Arm(new WakeUpSlot(actor, "late"), start + (3 * Second));
        _world.Wheel.Arm(new WakeUpSlot(actor, "early"), start + Second);
        await _world.PassAsync(2 * Second);
        Assert.Equal(start + (2 * Second), _world.Wheel.Now);
        Assert.StartsWith("woken early", Assert.Single(_log));

        await _world.PassAsync(TimeSpan.FromDays(7));
        Assert.Equal(2, _log.Count);
        Assert.Equal(TimeSpan.Zero, _world.Wheel.TakeMaxLateness());
    }

    [Fact]
    public async Task A_stream_loses_nothing_where_datagrams_get_lost_and_both_take_the_latency()
    {
        var receiver = new RecordingReceiver();
        var settings = new SipTransportSettings();
        var both = _world.OpenTcpAndUdp(settings, receiver);
        Assert.Equal([SipTransportKind.Tcp, SipTransportKind.Udp], both.Select(transport => transport.Kind));
        Assert.Equal(both[0].LocalEndPoint, both[1].LocalEndPoint);
        var arrived = new Dictionary<SipTransportKind, int>();
        foreach (var kind in new[] { SipTransportKind.Tcp, SipTransportKind.Udp })
        {
            var client = _world.Open(kind, settings, new RecordingReceiver());
            for (var number = 0; number < 200; number++)
            {
                Assert.Equal(SipSendResult.Queued, client.Send(new SipHop(kind, both[0].LocalEndPoint, 0), Sample.Request(number)));
            }

            await _world.PassAsync(TimeSpan.FromMilliseconds(19));
            Assert.False(receiver.HasMessage);
            await _world.PassAsync(TimeSpan.FromMilliseconds(1));
            arrived[kind] = 0;
            for (; receiver.HasMessage; arrived[kind]++)
            {
                Assert.Equal(kind, (await receiver.NextAsync()).From.Transport);
            }
        }

        Assert.Equal(200, arrived[SipTransportKind.Tcp]);
        Assert.InRange(arrived[SipTransportKind.Udp], 60, 140);
    }

    [Fact]
    public void A_datagram_has_a_largest_size_and_one_that_may_not_be_sent_to_gets_nothing()
    {
        var settings = new SipTransportSettings { MaxDatagramBytes = 1000 };
        var to = IPEndPoint.Parse("127.0.0.1:9");
        var tooLarge = Sample.Request(1, bodyLength: 1000);
        Assert.Equal(SipSendResult.TooLarge, _world.Open(SipTransportKind.Udp, settings, new RecordingReceiver()).Send(new SipHop(SipTransportKind.Udp, to, 0), tooLarge));
        var stream = _world.Open(SipTransportKind.Tcp, settings, new RecordingReceiver());
        Assert.Equal(SipSendResult.Queued, stream.Send(new SipHop(SipTransportKind.Tcp, to, 0), tooLarge));
        Assert.Equal(SipSendResult.RefusedByGuard, stream.Send(new SipHop(SipTransportKind.Tcp, IPEndPoint.Parse("192.0.2.1:9"), 0), tooLarge));
    }

    [Fact]
    public async Task Each_part_has_a_stream_of_randomness_of_its_own_that_follows_from_the_seed()
    {
        await using var same = new VirtualRunWorld(new VirtualTimeSettings(), seed: 1);
        await using var other = new VirtualRunWorld(new VirtualTimeSettings(), seed: 2);
        var drawn = (_world.CreateRandom().NextUInt64(), _world.CreateRandom().NextUInt64());
        Assert.NotEqual(drawn.Item1, drawn.Item2);
        Assert.Equal(drawn, (same.CreateRandom().NextUInt64(), same.CreateRandom().NextUInt64()));
        Assert.NotEqual(drawn.Item1, other.CreateRandom().NextUInt64());
    }

    [Fact]
    public async Task When_the_play_has_ended_actors_run_without_it_and_can_be_stopped()
    {
        var actor = _world.System.ActorOf(Props.Create(() => new Logger("last", _log)));
        await _world.PassAsync(TimeSpan.Zero);
        actor.Tell("left over");
        _world.EndPlay();
        Assert.True(await actor.GracefulStop(TimeSpan.FromSeconds(30)));
        Assert.StartsWith("last left over", Assert.Single(_log));
    }

    public ValueTask DisposeAsync()
    {
        _world.EndPlay();
        return _world.DisposeAsync();
    }

    private sealed class Logger(string name, List<string> log) : UntypedActor
    {
        protected override void OnReceive(object message) => log.Add($"{name} {message} {Environment.CurrentManagedThreadId}");
    }
}
