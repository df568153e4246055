using System.Net;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Tests.Transport;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Attack;

public sealed class PathViewTests
{
    private const int Draws = 20_000;
    private static readonly SipHop Hop = new(SipTransportKind.Tcp, new IPEndPoint(IPAddress.Loopback, 5060), 0);
    private readonly Phones _phones = new();
    private readonly PathView _view;
    private readonly ISipReceiver _receiver;

    public PathViewTests()
    {
        _view = new PathView(_phones, AddressOf, seesOthers: true);
        _receiver = _view.Listen(_phones);
    }

    [Fact]
    public void What_phones_elsewhere_took_is_used_against_them_once_they_are_registered_here()
    {
        Send(1, to: 7);
        Answer(1, 200);
        Assert.Empty(Drawn());
        Tell(7, UeEffectKind.Registered);
        Assert.Equal([(1, 7)], Drawn());
        Tell(7, UeEffectKind.WentOffline);
        Assert.Empty(Drawn());
        Assert.Equal((2, 1), (_phones.Facts, _phones.Messages));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(202)]
    [InlineData(403)]
    public void What_is_not_known_to_be_taken_is_not_used(int status)
    {
        Send(1, to: 7);
        Answer(1, status);
        Tell(7, UeEffectKind.Registered);
        Assert.Empty(Drawn());
    }

    [Fact]
    public void An_answer_after_a_challenge_counts_for_what_was_sent_last()
    {
        Send(1, to: 7);
        Answer(1, 407);
        Send(1, to: 7);
        Answer(1, 100);
        Answer(1, 200);
        Answer(2, 200);
        Tell(7, UeEffectKind.Registered);
        Assert.Equal([(1, 7)], Drawn());
    }

    [Fact]
    public void What_phones_here_take_is_seen_there_and_not_when_it_is_sent()
    {
        Tell(7, UeEffectKind.Registered);
        Send(1, to: 7);
        Answer(1, 200);
        Assert.Empty(Drawn());
        Take(1, 7, ReceiveOutcome.Accepted);
        Take(2, 7, ReceiveOutcome.Duplicate);
        Assert.Equal([(1, 7)], Drawn());
    }

    [Fact]
    public void A_phone_whose_actor_failed_is_not_registered()
    {
        Tell(7, UeEffectKind.Registered);
        Assert.True(_view.TryFind(AddressOf(7), out var phone));
        Assert.Equal(7, phone);
        _view.OnUeRestarted(new UeId(7), new InvalidOperationException());
        Assert.False(_view.TryFind(AddressOf(7), out _));
        Assert.Equal(1, _phones.Restarts);
    }

    [Fact]
    public void Of_what_has_no_answer_the_oldest_is_forgotten()
    {
        for (var number = 0; number <= 1024; number++)
        {
            Send(number, to: 7);
        }

        Tell(7, UeEffectKind.Registered);
        Answer(0, 200);
        Assert.Empty(Drawn());
        Answer(1024, 200);
        Assert.Equal([(1024, 7)], Drawn());
    }

    [Fact]
    public void Where_all_phones_are_here_nothing_that_they_send_is_looked_at()
    {
        var view = new PathView(_phones, AddressOf);
        Assert.False(view.WatchesSends);
        Assert.Same(_phones, view.Listen(_phones));
    }

    private static string AddressOf(int phone) => $"sip:ue{phone}@ims.example";

    private static SipRequest Request(int number)
    {
        Assert.True(SipParser.TryParse(Sample.Request(number), SipLimits.Default, out var message, out _));
        return (SipRequest)message;
    }

    private static NtpTimestamp TimestampOf(int number) => new((ulong)number << 32);

    private void Take(int number, int phone, ReceiveOutcome outcome) => _view.OnUeFact(
        new UeId(phone), new UeEffect(UeEffectKind.MessageReceived, Outcome: outcome, Request: Request(number), Timestamp: TimestampOf(number)), default);

    private void Send(int number, int to) => _view.OnSending(Request(number), AddressOf(to), TimestampOf(number));

    private void Answer(int number, int status)
    {
        Assert.True(SipParser.TryParse(Sample.Response(number, status), SipLimits.Default, out var message, out _));
        _receiver.OnMessage(message!, Hop);
    }

    private void Tell(int phone, UeEffectKind kind) => _view.OnUeFact(new UeId(phone), new UeEffect(kind), default);

    /// <summary>Which messages are drawn, against which phone.</summary>
    private List<(int Number, int Phone)> Drawn()
    {
        var random = new SeededRandomSource(1);
        return [.. Enumerable.Range(0, Draws).Select(_ => _view.Draw(random)).OfType<CapturedMessage>()
            .Select(static drawn => ((int)drawn.Timestamp.Seconds, drawn.Phone)).Distinct()];
    }

    private sealed class Phones : IUeObserver, ISipReceiver
    {
        public int Facts { get; private set; }

        public int Restarts { get; private set; }

        public int Messages { get; private set; }

        public void OnUeFact(UeId ue, in UeEffect fact, Instant now) => Facts++;

        public void OnUeRestarted(UeId ue, Exception cause) => Restarts++;

        public void OnMessage(SipMessage message, SipHop from) => Messages++;

        public void OnFlowFailed(SipHop hop)
        {
        }
    }
}
