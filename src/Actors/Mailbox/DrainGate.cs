using Akka.Actor;
using UeFarm.Actors.Timing;
using UeFarm.Protocol;

namespace UeFarm.Actors.Mailbox;

/// <summary>Hands out the turns of a server whose drain is limited: one for all its mailboxes, which ask it before every stored message.</summary>
internal sealed class DrainGate : UntypedActor
{
    private readonly DrainLine _line;
    private readonly ApplicationServerCounters _counters;
    private readonly WakeUpWheel _wheel;
    private readonly WakeUpSlot _wake;

    public DrainGate(DrainLine line, ApplicationServerCounters counters, WakeUpWheel wheel)
    {
        _line = line;
        _counters = counters;
        _wheel = wheel;
        _wake = new WakeUpSlot(Self, MailboxInputs.Wake.Instance);
    }

    public static Props Props(DrainLine line, ApplicationServerCounters counters, WakeUpWheel wheel) =>
        Akka.Actor.Props.Create(() => new DrainGate(line, counters, wheel));

    protected override void PreStart() => Serve();

    protected override void PostStop() => _wheel.Cancel(_wake);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MailboxInputs.AskTurn ask:
                _line.Waiting[ask.Mailbox] = ask.Actor;
                _line.Limiter.Ask(ask.Mailbox);
                break;
            case MailboxInputs.ReturnTurn:
                _line.Limiter.Return();
                break;
            case MailboxInputs.Wake:
                break;
            default:
                Unhandled(message);
                return;
        }

        Serve();
    }

    private void Serve()
    {
        while (_line.Limiter.TryTakeTurn(_wheel.Now, out var mailbox))
        {
            if (_line.Waiting.Remove(mailbox, out var actor))
            {
                actor.Tell(MailboxInputs.Turn.Instance, ActorRefs.NoSender);
            }
        }

        _counters.SetDrainWaiting(_line.Limiter.WaitingCount);
        if (_line.Limiter.NextDeadline < Instant.Never)
        {
            _wheel.Arm(_wake, _line.Limiter.NextDeadline);
        }
    }
}
