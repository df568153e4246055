using Akka.Actor;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Core;

/// <summary>
/// The shell around the registrar and the proxy of one part of the subscribers. The machines are made outside and outlive a
/// restart of the actor, so that a fault costs one message and not the bindings.
/// </summary>
internal sealed class CorePartition : UntypedActor
{
    private readonly RegistrarBehavior _registrar;
    private readonly ProxyBehavior _proxy;
    private readonly CoreRouter _router;
    private readonly IActorRef[] _partitions;
    private readonly ISipTransport?[] _transports;
    private readonly CoreCounters _counters;
    private readonly WakeUpWheel _wheel;
    private readonly WakeUpSlot _slot;
    private Instant _armedFor = Instant.Never;

    /// <summary>Partitions: filled by the time of the first message. Transports: by their kind.</summary>
    public CorePartition(
        RegistrarBehavior registrar, ProxyBehavior proxy, CoreRouter router, IActorRef[] partitions, ISipTransport?[] transports, CoreCounters counters,
        WakeUpWheel wheel)
    {
        _registrar = registrar;
        _proxy = proxy;
        _router = router;
        _partitions = partitions;
        _transports = transports;
        _counters = counters;
        _wheel = wheel;
        _slot = new WakeUpSlot(Self, CoreMessages.WakeUp.Instance);
    }

    public static Props Props(
        RegistrarBehavior registrar, ProxyBehavior proxy, CoreRouter router, IActorRef[] partitions, ISipTransport?[] transports, CoreCounters counters,
        WakeUpWheel wheel) =>
        Akka.Actor.Props.Create(() => new CorePartition(registrar, proxy, router, partitions, transports, counters, wheel));

    protected override void OnReceive(object message)
    {
        var now = _wheel.Now;
        var utcNow = _wheel.UtcNow;
        switch (message)
        {
            case CoreMessages.Arrived arrived when IsForRegistrar(arrived.Message):
                _registrar.HandleMessage(arrived.Message, arrived.From, now, utcNow);
                break;
            case CoreMessages.Arrived arrived:
                _proxy.HandleMessage(arrived.Message, arrived.From, now, utcNow);
                break;
            case CoreMessages.Locate question:
                question.Asker.Tell(new CoreMessages.Located(question.Token, _registrar.Locate(question.AddressOfRecord, now)), Self);
                return;
            case CoreMessages.Located located:
                _proxy.HandleLocation(located.Token, located.Answer, now, utcNow);
                break;
            case CoreMessages.ContactRenewed renewed:
                _proxy.HandleNewBinding(renewed.AddressOfRecord, renewed.Contact, now, utcNow);
                break;
            case CoreMessages.FlowFailed failed:
                _registrar.HandleTransportFailure(failed.Hop, now, utcNow);
                _proxy.HandleTransportFailure(failed.Hop, now, utcNow);
                break;
            case CoreMessages.ApplicationServerMoved moved:
                _registrar.HandleApplicationServerMoved(moved.MailboxGroup, now, utcNow);
                break;
            case CoreMessages.WakeUp:
                _armedFor = Instant.Never;
                _registrar.HandleTimeout(now, utcNow);
                _proxy.HandleTimeout(now, utcNow);
                break;
            default:
                Unhandled(message);
                return;
        }

        Drain(now, utcNow);
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _counters.CountRestart();
        base.PreRestart(reason, message);
    }

    /// <summary>A restarted actor has a new slot: the machines' deadlines must not wait for the next message.</summary>
    protected override void PreStart() => Self.Tell(CoreMessages.WakeUp.Instance, ActorRefs.NoSender);

    protected override void PostStop() => _wheel.Cancel(_slot);

    private static bool IsForRegistrar(SipMessage message) => message is SipRequest request
        ? RegistrarBehavior.Handles(request.Method)
        : BranchSource.TryParse(message.TopVia.Branch, out var kind, out _) && kind == BranchSource.RegistrarKind;

    private void Drain(Instant now, DateTimeOffset utcNow)
    {
        while (true)
        {
            var isRegistrar = _registrar.TryTakeEffect(out var effect);
            if (!isRegistrar && !_proxy.TryTakeEffect(out effect))
            {
                break;
            }

            switch (effect.Kind)
            {
                case CoreEffectKind.Count:
                    _counters.Count(effect.Fact);
                    break;
                case CoreEffectKind.Locate:
                    Locate(effect, now, utcNow);
                    break;
                case CoreEffectKind.EndForwards:
                    EndForwards(effect, now, utcNow);
                    break;
                default:
                    if (TryTransmit(effect) || effect.Token == 0)
                    {
                        break;   // nothing waits for a response that could not be sent: its request will come again
                    }

                    if (isRegistrar)
                    {
                        _registrar.HandleSendFailure(effect.Token, now, utcNow);
                    }
                    else
                    {
                        _proxy.HandleSendFailure(effect.Token, now, utcNow);
                    }

                    break;
            }
        }

        var deadline = Instant.Min(_registrar.NextDeadline, _proxy.NextDeadline);
        if (deadline < _armedFor)
        {
            _armedFor = deadline;
            _wheel.Arm(_slot, deadline);
        }
    }

    private void Locate(in CoreEffect effect, Instant now, DateTimeOffset utcNow)
    {
        var partition = _partitions[_router.PartitionOf(effect.AddressOfRecord!)];
        if (partition.Equals(Self))
        {
            _proxy.HandleLocation(effect.Token, _registrar.Locate(effect.AddressOfRecord!, now), now, utcNow);
        }
        else
        {
            partition.Tell(new CoreMessages.Locate(effect.Token, effect.AddressOfRecord!, Self), Self);
        }
    }

    /// <summary>Behind an application server all messages for a subscriber come through this partition; without one, through the senders' ones.</summary>
    private void EndForwards(in CoreEffect effect, Instant now, DateTimeOffset utcNow)
    {
        _proxy.HandleNewBinding(effect.AddressOfRecord!, effect.Contact!, now, utcNow);
        if (_router.HasApplicationServer)
        {
            return;
        }

        var notice = new CoreMessages.ContactRenewed(effect.AddressOfRecord!, effect.Contact!);
        foreach (var partition in _partitions)
        {
            if (!partition.Equals(Self))
            {
                partition.Tell(notice, Self);
            }
        }
    }

    /// <summary>A full send buffer is a loss like any other, which timers repair; everything else means that nothing gets there.</summary>
    private bool TryTransmit(in CoreEffect effect)
    {
        var result = _transports[(int)effect.Hop.Transport] is { } transport
            ? transport.Send(effect.Hop, effect.Bytes.Span) : SipSendResult.Closed;
        if (result != SipSendResult.Queued)
        {
            _counters.CountUndeliverable();
        }

        return result is SipSendResult.Queued or SipSendResult.Overflow;
    }
}
