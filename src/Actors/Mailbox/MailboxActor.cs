using Akka.Actor;
using UeFarm.Actors.Stores;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Mailbox;

/// <summary>
/// The mailbox of one recipient: feeds a <see cref="MailboxUserAgent"/> and carries its effects out. All SIP and registrations come through
/// the parent, so that the parent can stop it without losing anything; the store and the wheel answer directly.
/// </summary>
internal sealed class MailboxActor(MailboxServerContext server, MailboxStart start) : UntypedActor, IMailboxStoreClient
{
    private readonly IActorRef _self = Context.Self;
    private readonly WakeUpSlot _wake = new(Context.Self, MailboxInputs.Wake.Instance);
    private MailboxUserAgent _agent = null!;
    private Instant _idleUntil = Instant.Never;
    private bool _isCountedOnline;
    private bool _isCountedSubscribed;

    public static Props Props(MailboxServerContext server, MailboxStart start) =>
        Akka.Actor.Props.Create<MailboxActor>(server, start).WithLeanMailbox();

    /// <summary>On the store's thread.</summary>
    public void OnAppended(MailboxRecord record, bool durable)
    {
        if (!durable)
        {
            server.Counters.Totals.Remove(record.Body.Length);
        }

        _self.Tell(new MailboxInputs.Stored(record.Arrival, durable), ActorRefs.NoSender);
    }

    /// <summary>On the store's thread.</summary>
    public void OnRead(MailboxReadResult result) => _self.Tell(new MailboxInputs.ReadDone(result), ActorRefs.NoSender);

    protected override void PreStart() => Start(start.Inventory, start.Online);

    /// <summary>After a failure nothing in memory is trusted: the store is asked what it holds, the parent whether the phone is there.</summary>
    protected override void PostRestart(Exception reason)
    {
        server.Counters.CountRestart();
        Start(null, online: false);
        Context.Parent.Tell(new MailboxInputs.Restarted(start.Number));
    }

    protected override void PostStop()
    {
        server.Wheel.Cancel(_wake);
        server.Counters.AddUsersOnline(_isCountedOnline ? -1 : 0);
        server.Counters.AddSubscriptions(_isCountedSubscribed ? -1 : 0);
    }

    protected override void OnReceive(object message)
    {
        var now = server.Wheel.Now;
        var utcNow = server.Wheel.UtcNow;
        var isActivity = true;
        switch (message)
        {
            case MailboxInputs.Sip sip:
                start.Received++;
                isActivity = sip.Recipient is not null; // late copies of responses do not keep a mailbox alive
                _agent.HandleMessage(sip.Message, sip.From, sip.Recipient is null ? 0 : server.NextArrival(), now, utcNow);
                break;
            case MailboxInputs.Stored stored:
                _agent.HandleStored(stored.Arrival, stored.Durable, now, utcNow);
                break;
            case MailboxInputs.ReadDone read:
                _agent.HandleRead(read.Result, now, utcNow);
                break;
            case MailboxInputs.Report report:
                start.Received++;
                _agent.HandleReport(report.Record, report.Origin.Arrival, report.Origin, server.NextArrival(), now, utcNow);
                break;
            case MailboxInputs.Reported reported:
                _agent.HandleReported(reported.Arrival, reported.Status, now, utcNow);
                break;
            case MailboxInputs.Turn:
                _agent.HandleTurn(now, utcNow);
                break;
            case MailboxInputs.Registration registration:
                start.Received++;
                _agent.HandleRegistration(registration.Online, now, utcNow);
                break;
            case MailboxInputs.Purge purge:
                start.Received++;
                _agent.HandlePurge(purge.Request, now, utcNow);
                break;
            case MailboxInputs.Stop stop:
                start.Received++;
                isActivity = false;
                start.Stop = stop;
                start.IsRestAwaited = true;
                _agent.HandleStop(stop.Grace, now, utcNow);
                break;
            case MailboxInputs.CoreFlowFailed:
                start.Received++;
                isActivity = false;
                _agent.HandleTransportFailure(server.Endpoint.Core, now, utcNow);
                break;
            case MailboxInputs.CoreBusy busy:
                start.Received++;
                isActivity = false;
                _agent.HandleCoreBusy(busy.Until, now, utcNow);
                break;
            case MailboxInputs.Wake:
                isActivity = false;
                _agent.HandleTimeout(now, utcNow);
                break;
            default:
                Unhandled(message);
                return;
        }

        Drain(now, utcNow, isActivity);
    }

    private void Start(MailboxInventory? inventory, bool online)
    {
        _agent = new MailboxUserAgent(start.Recipient, start.Number, server.MailboxSettings, server.Endpoint, server.Settings.Random, inventory);
        var now = server.Wheel.Now;
        var utcNow = server.Wheel.UtcNow;
        _agent.HandleStart(online, now, utcNow);
        if (start.Stop is { } stop)
        {
            _agent.HandleStop(stop.Grace, now, utcNow);
        }

        Drain(now, utcNow, isActivity: true);
    }

    /// <summary>The only place where effects meet the world.</summary>
    private void Drain(Instant now, DateTimeOffset utcNow, bool isActivity)
    {
        while (_agent.TryTakeEffect(out var effect))
        {
            Perform(effect, now, utcNow);
        }

        start.Content.Set(_agent.StoredCount, _agent.StoredBytes);
        if (start.IsRestAwaited && _agent.IsAtRest)
        {
            start.IsRestAwaited = false;
            start.Stop!.Rest.Arrive();
        }

        NotePresence();
        if (!_agent.IsIdle(now))
        {
            _idleUntil = Instant.Never;
        }
        else if (isActivity || _idleUntil == Instant.Never)
        {
            _idleUntil = now + server.Settings.IdleTime;
        }
        else if (_idleUntil <= now)
        {
            Context.Parent.Tell(new MailboxInputs.Passivate(start.Number, start.Received));
            _idleUntil = now + server.Settings.IdleTime;
        }

        var deadline = Instant.Min(_agent.NextDeadline, _idleUntil);
        if (deadline < Instant.Never)
        {
            server.Wheel.Arm(_wake, deadline);
        }
    }

    /// <summary>A mailbox that subscribes knows of its phone what else its parent knows; the server counts both alike.</summary>
    private void NotePresence()
    {
        if (!server.MailboxSettings.SubscribesToPresence)
        {
            return;
        }

        if (_isCountedOnline != _agent.IsOnline)
        {
            _isCountedOnline = _agent.IsOnline;
            server.Counters.AddUsersOnline(_isCountedOnline ? 1 : -1);
        }

        if (_isCountedSubscribed != _agent.IsSubscribed)
        {
            _isCountedSubscribed = _agent.IsSubscribed;
            server.Counters.AddSubscriptions(_isCountedSubscribed ? 1 : -1);
        }
    }

    private void Perform(in MailboxEffect effect, Instant now, DateTimeOffset utcNow)
    {
        switch (effect.Kind)
        {
            case MailboxEffectKind.Transmit:
                // A request that cannot leave is a failed delivery; an answer that cannot is the transport's to count.
                if (server.Send(effect.Hop, effect.Bytes.Span) != SipSendResult.Queued && effect.Hop == server.Endpoint.Core)
                {
                    server.Core.NoteFailure(utcNow);
                    _agent.HandleTransportFailure(effect.Hop, now, utcNow);
                }

                break;
            case MailboxEffectKind.Store:
                Store(effect.Record!, now, utcNow);
                break;
            case MailboxEffectKind.Remove:
                server.Counters.Totals.Remove(effect.BodyBytes);
                server.Store.Remove(effect.Arrival);
                break;
            case MailboxEffectKind.Read:
                server.Store.Read(start.Recipient, effect.Read, this);
                break;
            case MailboxEffectKind.Report:
                var origin = new MailboxInputs.ReportOrigin(effect.Arrival == 0 ? ActorRefs.Nobody : _self, effect.Arrival);
                server.PartitionOf(effect.Record!.Recipient).Tell(new MailboxInputs.Report(effect.Record, origin), ActorRefs.NoSender);
                break;
            case MailboxEffectKind.Answer:
                var asker = (MailboxInputs.ReportOrigin)effect.Sender!;
                asker.Mailbox.Tell(new MailboxInputs.Reported(asker.Arrival, effect.Status), ActorRefs.NoSender);
                break;
            case MailboxEffectKind.Dropped:
                server.Settings.Observer?.OnDropped(effect.Record!.Body, effect.Record.ContentType, effect.Reason!);
                break;
            case MailboxEffectKind.CoreBusy:
                server.TellPartitions(new MailboxInputs.CoreBusy(now + effect.RetryAfter));
                break;
            case MailboxEffectKind.AskTurn:
                server.DrainGate.Tell(new MailboxInputs.AskTurn(start.Number, _self), ActorRefs.NoSender);
                break;
            case MailboxEffectKind.ReturnTurn:
                server.DrainGate.Tell(MailboxInputs.ReturnTurn.Instance, ActorRefs.NoSender);
                break;
            case MailboxEffectKind.Purged:
                var purge = (MailboxPurge)effect.Sender!;
                ((TaskCompletionSource<MailboxPurge>)purge.Asker!).TrySetResult(purge);
                break;
            case MailboxEffectKind.Fact:
                server.Counters.Count(effect.Fact);
                break;
        }
    }

    private void Store(MailboxRecord record, Instant now, DateTimeOffset utcNow)
    {
        if (!server.Counters.Totals.TryAdd(record.Body.Length, out var reason))
        {
            _agent.HandleServerFull(record.Arrival, reason, now, utcNow);
        }
        else if (!server.Store.TryAppend(record, this))
        {
            server.Counters.Totals.Remove(record.Body.Length);
            _agent.HandleStored(record.Arrival, false, now, utcNow);
        }
    }
}
