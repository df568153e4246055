using Akka.Actor;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Core;

/// <summary>
/// Hands what arrives to the partition that decides about it, on the transport's thread. REGISTER, SUBSCRIBE and a phone's request go to
/// the partition of the phone, the application server's MESSAGE to that of the recipient, a response to the one whose number is in
/// its branch.
/// </summary>
internal sealed class CoreRouter(CoreCounters counters) : ISipReceiver
{
    private CoreIdentity? _identity;
    private volatile IActorRef[] _partitions = [];

    public bool HasApplicationServer => _identity?.HasApplicationServer == true;

    /// <summary>From now on messages are handed over; what came before is dropped.</summary>
    public void Open(CoreIdentity identity, IActorRef[] partitions)
    {
        _identity = identity;
        _partitions = partitions;
    }

    public void OnMessage(SipMessage message, SipHop from)
    {
        var partitions = _partitions;
        var index = partitions.Length == 0 ? -1 : message is SipRequest request ? PartitionOf(request, from) : PartitionOf(message);
        if ((uint)index < (uint)partitions.Length)
        {
            partitions[index].Tell(new CoreMessages.Arrived(message, from), ActorRefs.NoSender);
        }
        else
        {
            counters.CountUnroutable();
        }
    }

    public void OnFlowFailed(SipHop hop)
    {
        var notice = new CoreMessages.FlowFailed(hop);
        foreach (var partition in _partitions)
        {
            partition.Tell(notice, ActorRefs.NoSender);
        }
    }

    /// <summary>The partition that has a subscriber.</summary>
    public int PartitionOf(string addressOfRecord) =>
        (int)((uint)string.GetHashCode(addressOfRecord, StringComparison.Ordinal) % (uint)_partitions.Length);

    private int PartitionOf(SipRequest request, SipHop from)
    {
        var identity = _identity!;
        var decisive = request.Method switch
        {
            SipMethod.Register or SipMethod.Subscribe => request.To.Uri,
            SipMethod.Message when identity.IsFromApplicationServer(request, from) => request.RequestUri,
            _ => request.From.Uri,
        };
        if (identity.TryGetAddressOfRecord(decisive, out var user))
        {
            return PartitionOf(user);
        }

        // Nobody of ours: any partition can refuse it, but copies of a request must meet the same one.
        var hash = default(HashCode);
        hash.AddBytes(request.CallId);
        return (int)((uint)hash.ToHashCode() % (uint)_partitions.Length);
    }

    private static int PartitionOf(SipMessage response) => BranchSource.TryParse(response.TopVia.Branch, out _, out var partition) ? partition : -1;
}
