using System.Net;
using System.Text;
using UeFarm.Protocol.Sip;

namespace UeFarm.Simulation.Tests.Ue;

/// <summary>
/// The smallest core: takes every REGISTER, passes everything else on without state (RFC 3261 section 16.11: the branch follows from the one
/// received, so that copies of a request look alike).
/// </summary>
internal sealed class StatelessCore(SipHop self)
{
    private readonly Dictionary<string, string> _contacts = [];

    /// <summary>What it sends for a message, or nothing.</summary>
    public (SipHop To, byte[] Bytes)? Handle(SipMessage message, SipHop from)
    {
        if (message is SipResponse response)
        {
            return SipForwarding.TryForwardResponse(response, out var bytes) && SipParser.TryParse(bytes, SipLimits.Default, out var onward, out _)
                ? (HopOf(Encoding.ASCII.GetString(onward!.TopVia.SentBy)), bytes)
                : null;
        }

        var request = (SipRequest)message;
        if (request.Method == SipMethod.Register)
        {
            var contact = SipNameAddress.TryParse(request.GetValues(SipHeaderId.Contact)[0].Span, out var address) ? address : null;
            _contacts[request.To.Uri.ToAddressOfRecord()] = Encoding.ASCII.GetString(contact!.UriText);
            var expires = request.GetHeaderText(SipHeaderId.Expires)!;
            return (from, SipForwarding.Respond(request, 200, "core", from, (SipHeaderId.Contact, $"<{contact.Uri}>;expires={expires}")));
        }

        if (!_contacts.TryGetValue(request.RequestUri.ToAddressOfRecord(), out var target))
        {
            return (from, SipForwarding.Respond(request, 404, "core", from));
        }

        var uri = SipUri.Parse(target);
        var branch = "z9hG4bKs" + Encoding.ASCII.GetString(request.TopVia.Branch)[7..];
        return (
            HopOf($"{uri.Host}:{uri.Port}"),
            SipForwarding.ForwardRequest(request, from, target, self.EndPoint.ToString(), SipTransportKind.Udp, branch, removeTopRoute: false, default));
    }

    private static SipHop HopOf(string address) => new(SipTransportKind.Udp, IPEndPoint.Parse(address), 0);
}
