using Akka.Actor;
using Akka.Routing;
using UeFarm.Protocol.Kms;

namespace UeFarm.Actors.Kms;

/// <summary>Several KMS actors behind one reference, asked in turn.</summary>
public static class KmsPool
{
    /// <param name="service">Its random source must be thread-safe.</param>
    /// <param name="counters">Shared by all.</param>
    /// <param name="time">Gives the calendar time of tickets.</param>
    /// <param name="instances">At least 1; more than there are cores brings nothing.</param>
    public static Props Props(KeyManagementService service, KmsCounters counters, TimeProvider time, int instances)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(instances, 1);

        // A pool escalates the fault of one routee by default, which would restart all of them.
        var strategy = new OneForOneStrategy(_ => Directive.Restart);
        return KmsActor.Props(service, counters, time).WithRouter(new RoundRobinPool(instances).WithSupervisorStrategy(strategy));
    }
}
