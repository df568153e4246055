using UeFarm.Actors.Transport;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Run;

/// <summary>Stands in for a receiver that is made after its socket; what arrives before that is dropped, as if nobody listened yet.</summary>
internal sealed class DeferredReceiver : ISipReceiver
{
    private ISipReceiver? _target;

    public ISipReceiver Target
    {
        set => Volatile.Write(ref _target, value);
    }

    public void OnMessage(SipMessage message, SipHop from) => Volatile.Read(ref _target)?.OnMessage(message, from);

    public void OnFlowFailed(SipHop hop) => Volatile.Read(ref _target)?.OnFlowFailed(hop);
}
