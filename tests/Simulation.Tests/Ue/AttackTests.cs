using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Simulation.Tests.Ue;

/// <summary>Copies and alterations of genuine messages end as what they are, and the genuine message is accepted all the same.</summary>
public class AttackTests
{
    private readonly PhoneWorld _world = new(41, phones: 2, settings => settings with { ReplayCache = new ReplayCacheSettings { FutureBound = TimeSpan.FromMinutes(5) } });
    private readonly SipRequest _delivered;
    private readonly SipRequest _held;
    private int _number;

    public AttackTests()
    {
        _world.RegisterAll();
        _delivered = Capture(1, hold: false);
        Assert.Equal(1, _world.Count(1, ReceiveOutcome.Accepted));
        _held = Capture(2, hold: true);
    }

    [Fact]
    public void A_verbatim_replay_is_a_duplicate() => Attack(Interception.InNewTransaction(_delivered, ++_number), ReceiveOutcome.Duplicate);

    [Fact]
    public void A_replay_after_a_crash_is_a_duplicate_still()
    {
        _world.Crash(1);
        _world.Run(TimeSpan.FromSeconds(10));
        Attack(Interception.InNewTransaction(_delivered, ++_number), ReceiveOutcome.Duplicate);
    }

    [Fact]
    public void Inserted_initiator_data_break_the_form()
    {
        var (mikey, cms) = Interception.Split(_delivered);
        Attack(Interception.With(_delivered, ++_number, Interception.InsertInitiatorData(mikey), cms), ReceiveOutcome.MalformedMikey);
    }

    [Fact]
    public void A_flipped_mac_is_an_invalid_mac_before_the_message_and_a_duplicate_after_it()
    {
        var (mikey, cms) = Interception.Split(_held);
        Attack(Interception.With(_held, ++_number, Interception.FlipLast(mikey), cms), ReceiveOutcome.MacInvalid);
        (mikey, cms) = Interception.Split(_delivered);
        Attack(Interception.With(_delivered, ++_number, Interception.FlipLast(mikey), cms), ReceiveOutcome.Duplicate);
    }

    [Fact]
    public void A_flipped_body_does_not_open()
    {
        var (mikey, cms) = Interception.Split(_held);
        Attack(Interception.With(_held, ++_number, mikey, Interception.FlipLast(cms)), ReceiveOutcome.OpenFailed);
    }

    [Fact]
    public void A_transfer_init_transplanted_onto_another_body_does_not_open_it()
    {
        var (mikey, _) = Interception.Split(_held);
        var (_, cms) = Interception.Split(_delivered);
        Attack(Interception.With(_held, ++_number, mikey, cms), ReceiveOutcome.OpenFailed);
    }

    [Fact]
    public void A_message_redated_into_the_far_future_is_refused_for_it_and_for_its_mac_where_there_is_no_bound()
    {
        var (mikey, cms) = Interception.Split(_held);
        Assert.True(ReceivedTransferInit.TryParse(mikey, out var received, out _));
        var future = Interception.Redate(mikey, received!.Timestamp, NtpTimestamp.FromUtc(_world.Utc + TimeSpan.FromDays(3650)));
        Attack(Interception.With(_held, ++_number, future, cms), ReceiveOutcome.Future);

        var near = Interception.Redate(mikey, received.Timestamp, NtpTimestamp.FromUtc(_world.Utc + TimeSpan.FromMinutes(1)));
        Attack(Interception.With(_held, ++_number, near, cms), ReceiveOutcome.MacInvalid);
    }

    /// <summary>The copy ends as expected and changes nothing: neither the cache, nor what becomes of the genuine message.</summary>
    private void Attack(byte[] copy, ReceiveOutcome outcome)
    {
        var entries = _world.Durable[1].ReplayCache!.Count;
        var before = _world.Received(1).Count();
        _world.Inject(1, copy);
        _world.Run(TimeSpan.FromSeconds(5));
        var fact = Assert.Single(_world.Received(1).Skip(before));
        Assert.Equal(outcome, fact.Outcome);
        Assert.Equal(entries, _world.Durable[1].ReplayCache!.Count);

        if (_world.Received(1).Any(each => each.Outcome == ReceiveOutcome.Accepted && each.MessageId == "2"))
        {
            return;
        }

        _world.Inject(1, Interception.InNewTransaction(_held, 1000 + _number));
        _world.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(2, _world.Count(1, ReceiveOutcome.Accepted));
        Assert.Equal("2", _world.Received(1).Last().MessageId);
    }

    private SipRequest Capture(long id, bool hold)
    {
        SipRequest? captured = null;
        _world.Interceptor = (_, request) =>
        {
            captured ??= request;
            return hold;
        };
        _world.Send(0, id, 1, "message " + id);
        _world.Run(TimeSpan.FromSeconds(120));
        _world.Interceptor = null;
        return captured!;
    }
}
