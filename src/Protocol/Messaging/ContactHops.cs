using System.Net;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>From a binding to the hop for a request to its contact.</summary>
internal static class ContactHops
{
    private const int DefaultPort = 5060;

    /// <summary>
    /// Behind a Path the hop is where the REGISTER came from: the edge proxy. Else the contact's numeric address, over the
    /// transport that the contact names or the one it registered over, with the registration's connection put first.
    /// </summary>
    public static SipHop Choose(Binding binding, bool isFlowOpen)
    {
        var source = isFlowOpen ? binding.Source : binding.Source with { Flow = 0 };
        if (!binding.Path.IsEmpty || !SipUri.TryParse(binding.Contact, out var uri) || !IPAddress.TryParse(uri.Host, out var address))
        {
            return source;
        }

        var transport = source.Transport;
        if (transport != SipTransportKind.Memory && uri.TryGetParameter("transport", out var name))
        {
            transport = string.Equals(name, "udp", StringComparison.OrdinalIgnoreCase) ? SipTransportKind.Udp
                : string.Equals(name, "tcp", StringComparison.OrdinalIgnoreCase) ? SipTransportKind.Tcp : transport;
        }

        var port = uri.Port == 0 ? DefaultPort : uri.Port;
        var keepsFlow = isFlowOpen && transport == source.Transport && transport != SipTransportKind.Udp;
        return new SipHop(transport, new IPEndPoint(address, port), keepsFlow ? source.Flow : 0);
    }
}
