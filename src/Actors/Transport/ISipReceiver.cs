using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Transport;

/// <summary>Who gets what arrives. Called on the transport's own threads: must not block and must not throw.</summary>
public interface ISipReceiver
{
    /// <summary>One well-formed message; <paramref name="from"/> names the flow to answer on. The receiver owns the message.</summary>
    void OnMessage(SipMessage message, SipHop from);

    /// <summary>A connection ended or could not be made; what was queued on it may be lost.</summary>
    void OnFlowFailed(SipHop hop);
}
