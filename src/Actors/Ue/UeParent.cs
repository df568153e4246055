using Akka.Actor;

namespace UeFarm.Actors.Ue;

/// <summary>Makes the phones of one part of the table when they are first spoken to, and restarts those that crash.</summary>
internal sealed class UeParent(UeRegionContext region, UePhones phones, Props phoneProps) : UntypedActor
{
    public static Props Props(UeRegionContext region, UePhones phones, Props phoneProps) => Akka.Actor.Props.CreateBy(new Producer(region, phones, phoneProps));

    /// <summary>Without a limit: a phone that crashes again and again is slowed down by its own pause, and must not take its neighbours with it.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Restart);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case UeInputs.ForPhone { Message: UeInputs.Arrived arrived } input when phones.Find(input.Ue) is null:
                region.NoteTaken();
                region.RefuseUnknown(arrived.Message, arrived.From);
                phones.NoteHandled();
                break;
            case UeInputs.ForPhone input:
                (phones.Find(input.Ue) ?? Create(input.Ue)).Tell(input.Message, ActorRefs.NoSender);
                phones.NoteHandled();
                break;
            case UeInputs.CoreFlowFailed:
                phones.PassCoreFlowFailedOn();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private IActorRef Create(UeId ue)
    {
        var actor = Context.ActorOf(phoneProps, UeEntity.NameOf(ue));
        phones.Add(ue, actor);
        region.Counters.CountPhone();
        return actor;
    }

    private sealed class Producer(UeRegionContext region, UePhones phones, Props phoneProps) : IIndirectActorProducer
    {
        public Type ActorType => typeof(UeParent);

        public ActorBase Produce() => new UeParent(region, phones, phoneProps);

        public void Release(ActorBase actor)
        {
        }
    }
}
