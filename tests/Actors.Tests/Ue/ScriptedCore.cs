using System.Net;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Tests.Ue;

/// <summary>Takes every REGISTER and answers nothing else: what is sent to it stays under way.</summary>
internal sealed class ScriptedCore : ISipReceiver, IDisposable
{
    private readonly ISipTransport _transport;

    public ScriptedCore(InMemorySipNetwork network, IPEndPoint endPoint) => _transport = network.Open(endPoint, this, SipLimits.Default);

    public void OnMessage(SipMessage message, SipHop from)
    {
        if (message is SipRequest { Method: SipMethod.Register } request)
        {
            _transport.Send(from, SipForwarding.Respond(request, 200, "core", from, (SipHeaderId.Expires, "3600")));
        }
    }

    public void OnFlowFailed(SipHop hop)
    {
    }

    public void Dispose() => _transport.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
