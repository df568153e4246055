using System.Net;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Cluster;

/// <summary>Hops as nodes tell each other of them: ADDRESS:PORT, empty for none.</summary>
internal static class HopText
{
    public static string Of(IPEndPoint? endPoint) => endPoint?.ToString() ?? "";

    public static bool TryRead(string text, SipTransportKind transport, out SipHop hop)
    {
        hop = default;
        if (!IPEndPoint.TryParse(text, out var endPoint))
        {
            return false;
        }

        hop = new SipHop(transport, endPoint, 0);
        return true;
    }
}
