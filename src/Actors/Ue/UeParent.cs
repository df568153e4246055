using Akka.Actor;

namespace UeFarm.Actors.Ue;

/// <summary>Makes the phones of one part of the table when they are first spoken to, and restarts those that crash.</summary>
internal sealed class UeParent(UePhones phones) : UntypedActor
{
    private readonly Props _phoneProps = UeActor.Props(phones);

    public static Props Props(UePhones phones) => Akka.Actor.Props.CreateBy(new Producer(phones));

    /// <summary>Without a limit: a phone that crashes again and again is slowed down by its own pause, and must not take its neighbours with it.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Restart);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case UeInputs.ForPhone { Message: UeInputs.Arrived arrived } input when phones.Find(input.Ue) is null:
                phones.Region.NoteTaken();
                RefuseAbsent(arrived);
                phones.NoteHandled();
                break;
            case UeInputs.ForPhone input:
                (phones.Find(input.Ue) ?? Create(input.Ue)).Tell(input.Message, ActorRefs.NoSender);
                phones.NoteHandled();
                break;
            case UeInputs.CoreFlowFailed:
                phones.PassCoreFlowFailedOn();
                break;
            case UeInputs.CoreMoved:
                phones.TellAll(message);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Nobody was ever told of this phone here, unless it was in another process.</summary>
    private void RefuseAbsent(UeInputs.Arrived arrived)
    {
        if (phones.Journal is null)
        {
            phones.Region.RefuseUnknown(arrived.Message, arrived.From);
        }
        else
        {
            phones.Region.RefuseAbsent(arrived.Message, arrived.From);
        }
    }

    private IActorRef Create(UeId ue)
    {
        var actor = Context.ActorOf(_phoneProps, UeEntity.NameOf(ue));
        phones.Add(ue, actor);
        phones.Region.Counters.CountPhone();
        return actor;
    }

    private sealed class Producer(UePhones phones) : IIndirectActorProducer
    {
        public Type ActorType => typeof(UeParent);

        public ActorBase Produce() => new UeParent(phones);

        public void Release(ActorBase actor)
        {
        }
    }
}
