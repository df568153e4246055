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
    private readonly UePhones _phones;
    private readonly WakeUpSlot _slot;
    private readonly UeId _ue;
    private UeBehavior? _behavior;

    /// <summary>Null unless something waits for the journal.</summary>
    private HeldTransmits? _held;
    private Instant _armedFor = Instant.Never;

    /// <summary>After a crash: the phone stays off until then.</summary>
    private Instant _resumesAt = Instant.Never;

    public UeActor(UePhones phones)
    {
        _phones = phones;
        _ue = UeEntity.Parse(Self.Path.Name);
        _slot = new WakeUpSlot(Self, UeInputs.WakeUp.Instance);
    }

    private UeRegionContext Region => _phones.Region;

    /// <summary>Made with the first message: an exception of the profile is then a crash like any other.</summary>
    private UeBehavior Behavior =>
        _behavior ??= new UeBehavior(Region.Settings.ProfileOf(_ue.Index), Region.Ue, _phones.FlashOf(_ue), Region.Settings.Random);

    /// <summary>One for all phones of a block.</summary>
    public static Props Props(UePhones phones) => Akka.Actor.Props.CreateBy(new Producer(phones)).WithLeanMailbox();

    protected override void OnReceive(object message)
    {
        var now = Region.Wheel.Now;
        var utcNow = Region.UtcNowOf(_ue);
        switch (message)
        {
            case UeInputs.Arrived arrived:
                Region.NoteTaken();
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
                _phones.FlashOf(_ue).WantsOnline = true;
                break;
            case UeCommands.GoOnline:
                Behavior.GoOnline(now, utcNow);
                break;
            case UeCommands.GoOffline command:
                Behavior.GoOffline(command.Kind, now, utcNow);
                break;
            case UeInputs.Durable durable:
                Release(durable.Token, now, utcNow);
                break;
            case UeInputs.CoreMoved:
                StartAnew(now, utcNow);
                break;
            case UeInputs.CoreFlowFailed:
                Behavior.HandleTransportFailure(Region.Ue.Core, now, utcNow);
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
        Region.Wheel.Cancel(_slot);
        _phones.SetBusy(_ue, false);
        var now = Region.Wheel.Now;
        if (_behavior is null)
        {
            if (message is UeCommands.SendText send)
            {
                Tell(new UeEffect(UeEffectKind.MessageFailed, Token: send.SendId, Failure: SendFailure.Crash), now);
            }

            return;
        }

        Abandon(SendFailure.Crash, now);
    }

    protected override void PostRestart(Exception reason)
    {
        var now = Region.Wheel.Now;
        _resumesAt = now + Region.NoteCrash(_ue, reason, now);
        _phones.FlashOf(_ue).RestartReplayCache(Region.Ue.OnRestart, Region.Ue.ReplayCache, Region.Settings.Random);
        _phones.NoteReplayCache(_ue);
        _armedFor = _resumesAt;
        Region.Wheel.Arm(_slot, _resumesAt);
    }

    protected override void PostStop() => Region.Wheel.Cancel(_slot);

    private void Abandon(SendFailure failure, Instant now)
    {
        _held = null;
        _behavior!.Abandon(failure);
        while (_behavior.TryTakeEffect(out var effect))
        {
            if (effect.Kind is not (UeEffectKind.Transmit or UeEffectKind.QueryKms))
            {
                Tell(effect, now);
            }
        }
    }

    /// <summary>A new machine, as after a restart: nothing of what the old core knew is of use.</summary>
    private void StartAnew(Instant now, DateTimeOffset utcNow)
    {
        if (_behavior is not null)
        {
            Abandon(SendFailure.Transport, now);
            _phones.SetBusy(_ue, false);
            _behavior = null;
            if (_phones.FlashOf(_ue).WantsOnline)
            {
                Behavior.GoOnline(now, utcNow);
            }
        }
    }

    private void Resume(Instant now, DateTimeOffset utcNow)
    {
        if (_resumesAt <= now)
        {
            _resumesAt = Instant.Never;
            if (_phones.FlashOf(_ue).WantsOnline)
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
            _phones.SetBusy(_ue, true);
        }

        while (_behavior.TryTakeEffect(out var effect))
        {
            switch (effect.Kind)
            {
                case UeEffectKind.Transmit when _held is { } held:
                    held.Add(effect);
                    break;
                case UeEffectKind.Transmit:
                    Transmit(effect, now, utcNow);
                    break;
                case UeEffectKind.QueryKms:
                    Region.Settings.Kms.Tell(new KmsQuery(effect.Token, effect.Bytes), Self);
                    break;
                default:
                    Tell(effect, now);
                    break;
            }
        }

        _phones.NoteReplayCache(_ue);
        if (_behavior.HasPendingRequests != isBusy || !isBusy)
        {
            _phones.SetBusy(_ue, _behavior.HasPendingRequests);
        }

        var deadline = Instant.Min(_behavior.NextDeadline, _resumesAt);
        if (deadline < _armedFor)
        {
            _armedFor = deadline;
            Region.Wheel.Arm(_slot, deadline);
        }
    }

    /// <summary>A fact. Where there is a journal, nothing leaves the phone after one that others will rely on until that is safe.</summary>
    private void Tell(in UeEffect fact, Instant now)
    {
        Region.Settings.Observer.OnUeFact(_ue, fact, now);
        if (_phones.Journal is { } journal)
        {
            var token = HeldTransmits.IsPromise(fact) ? (_held ??= new HeldTransmits()).Begin() : 0;
            journal.Write(_ue, fact, now, Self, token);
        }
    }

    private void Release(long token, Instant now, DateTimeOffset utcNow)
    {
        while (_held is { } held && held.TryTake(token, out var effect))
        {
            Transmit(effect, now, utcNow);
        }

        if (_held is { } rest && rest.IsDone(token))
        {
            _held = null;
        }
    }

    /// <summary>A full send buffer is a loss like any other, which timers repair; everything else means that nothing gets there.</summary>
    private void Transmit(in UeEffect effect, Instant now, DateTimeOffset utcNow)
    {
        if (Region.Send(effect.Hop, effect.Bytes.Span) is not (SipSendResult.Queued or SipSendResult.Overflow))
        {
            _behavior!.HandleSendFailure(effect.Token, now, utcNow);
        }
    }

    private sealed class Producer(UePhones phones) : IIndirectActorProducer
    {
        public Type ActorType => typeof(UeActor);

        public ActorBase Produce() => new UeActor(phones);

        public void Release(ActorBase actor)
        {
        }
    }
}
