using Akka.Actor;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Ue;

/// <summary>
/// The shell around the machine of one phone. Its name is its id, so that all phones share one Props. After a crash a new machine starts from the phone's
/// flash memory, after a pause, and goes online again if the user had it switched on.
/// </summary>
internal sealed class UeActor : UntypedActor
{
    private readonly UeRegionContext _region;
    private readonly WakeUpSlot _slot;
    private readonly UeId _ue;
    private UeBehavior? _behavior;
    private Instant _armedFor = Instant.Never;

    /// <summary>After a crash: the phone stays off until then.</summary>
    private Instant _resumesAt = Instant.Never;

    public UeActor(UeRegionContext region)
    {
        _region = region;
        _ue = UeEntity.Parse(Self.Path.Name);
        _slot = new WakeUpSlot(Self, UeInputs.WakeUp.Instance);
    }

    private UePhones Phones => _region.PhonesOf(_ue);

    /// <summary>Made with the first message: an exception of the profile is then a crash like any other.</summary>
    private UeBehavior Behavior =>
        _behavior ??= new UeBehavior(_region.Settings.ProfileOf(_ue.Index), _region.Ue, Phones.FlashOf(_ue), _region.Settings.Random);

    /// <summary>One for all phones of a region.</summary>
    public static Props Props(UeRegionContext region) => Akka.Actor.Props.CreateBy(new Producer(region)).WithLeanMailbox();

    protected override void OnReceive(object message)
    {
        var now = _region.Wheel.Now;
        var utcNow = _region.UtcNowOf(_ue);
        switch (message)
        {
            case UeInputs.Arrived arrived:
                _region.NoteTaken();
                Behavior.HandleMessage(arrived.Message, arrived.From, now, utcNow);
                break;
            case UeInputs.WakeUp:
                _armedFor = Instant.Never;
                Resume(now, utcNow);
                Behavior.HandleTimeout(now, utcNow);
                break;
            case UeCommands.SendText send:
                Behavior.SendMessage(send.SendId, send.Recipient, send.Text, now, utcNow);
                break;
            case KmsAnswer answer:
                Behavior.HandleKmsResponse(answer.Token, answer.Message, now, utcNow);
                break;
            case UeCommands.GoOnline when _resumesAt != Instant.Never:
                Phones.FlashOf(_ue).WantsOnline = true;
                break;
            case UeCommands.GoOnline:
                Behavior.GoOnline(now, utcNow);
                break;
            case UeCommands.GoOffline command:
                Behavior.GoOffline(command.Kind, now, utcNow);
                break;
            case UeInputs.CoreFlowFailed:
                Behavior.HandleTransportFailure(_region.Ue.Core, now, utcNow);
                break;
            case UeCommands.Crash:
                throw new InvalidOperationException("The phone was told to crash.");
            default:
                Unhandled(message);
                return;
        }

        Drain(now, utcNow);
    }

    /// <summary>The broken machine reports how its messages ended; what it still wanted to send is dropped.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        _region.Wheel.Cancel(_slot);
        Phones.SetBusy(_ue, false);
        var now = _region.Wheel.Now;
        if (_behavior is null)
        {
            if (message is UeCommands.SendText send)
            {
                var failure = new UeEffect(UeEffectKind.MessageFailed, Token: send.SendId, Failure: SendFailure.Crash);
                _region.Settings.Observer.OnUeFact(_ue, failure, now);
            }

            return;
        }

        _behavior.Abandon();
        while (_behavior.TryTakeEffect(out var effect))
        {
            if (effect.Kind is not (UeEffectKind.Transmit or UeEffectKind.QueryKms))
            {
                _region.Settings.Observer.OnUeFact(_ue, effect, now);
            }
        }
    }

    protected override void PostRestart(Exception reason)
    {
        var now = _region.Wheel.Now;
        _resumesAt = now + _region.NoteCrash(_ue, reason, now);
        Phones.FlashOf(_ue).RestartReplayCache(_region.Ue.OnRestart, _region.Ue.ReplayCache, _region.Settings.Random);
        _armedFor = _resumesAt;
        _region.Wheel.Arm(_slot, _resumesAt);
    }

    protected override void PostStop() => _region.Wheel.Cancel(_slot);

    private void Resume(Instant now, DateTimeOffset utcNow)
    {
        if (_resumesAt <= now)
        {
            _resumesAt = Instant.Never;
            if (Phones.FlashOf(_ue).WantsOnline)
            {
                Behavior.GoOnline(now, utcNow);
            }
        }
    }

    /// <summary>The only place where effects meet the world.</summary>
    private void Drain(Instant now, DateTimeOffset utcNow)
    {
        if (_behavior is null)
        {
            return;
        }

        // Before anything is sent: a connection may fail before this method ends.
        var isBusy = _behavior.HasPendingRequests;
        if (isBusy)
        {
            Phones.SetBusy(_ue, true);
        }

        while (_behavior.TryTakeEffect(out var effect))
        {
            switch (effect.Kind)
            {
                case UeEffectKind.Transmit:
                    Transmit(effect, now, utcNow);
                    break;
                case UeEffectKind.QueryKms:
                    _region.Settings.Kms.Tell(new KmsQuery(effect.Token, effect.Bytes), Self);
                    break;
                default:
                    _region.Settings.Observer.OnUeFact(_ue, effect, now);
                    break;
            }
        }

        if (_behavior.HasPendingRequests != isBusy || !isBusy)
        {
            Phones.SetBusy(_ue, _behavior.HasPendingRequests);
        }

        var deadline = Instant.Min(_behavior.NextDeadline, _resumesAt);
        if (deadline < _armedFor)
        {
            _armedFor = deadline;
            _region.Wheel.Arm(_slot, deadline);
        }
    }

    /// <summary>A full send buffer is a loss like any other, which timers repair; everything else means that nothing gets there.</summary>
    private void Transmit(in UeEffect effect, Instant now, DateTimeOffset utcNow)
    {
        if (_region.Send(effect.Hop, effect.Bytes.Span) is not (SipSendResult.Queued or SipSendResult.Overflow))
        {
            _behavior!.HandleSendFailure(effect.Token, now, utcNow);
        }
    }

    private sealed class Producer(UeRegionContext region) : IIndirectActorProducer
    {
        public Type ActorType => typeof(UeActor);

        public ActorBase Produce() => new UeActor(region);

        public void Release(ActorBase actor)
        {
        }
    }
}
