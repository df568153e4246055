using System.Net;
using System.Text;

namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>Handle of a server transaction; keeps what is needed to answer. Holds the request and where it came from.</summary>
public sealed class SipServerTransaction : SipTransaction
{
    internal NonInviteServerTransaction Machine;

    internal SipServerTransaction(int hash, SipRequest request, SipHop from)
        : base(hash)
    {
        Request = request;
        From = from;
        ResponseHop = TargetOf(request, from);
    }

    public SipRequest Request { get; }

    public SipHop From { get; }

    /// <summary>
    /// Where responses go (RFC 3261 section 18.2.2, RFC 3581 section 4). Reliable: the flow it came on; when that is gone, a connection to the source
    /// address and the sent-by port. Unreliable: the source address with the source port when rport was asked for, else with the sent-by port.
    /// Interpretation: maddr is not followed; it would let a request direct our answers to a third party.
    /// </summary>
    public SipHop ResponseHop { get; }

    /// <summary>What is sent again to a copy of the request; empty before the first response.</summary>
    internal ReadOnlyMemory<byte> LastResponse { get; set; }

    /// <summary>RFC 3261 section 17.2.3: branch, sent-by and method; without the cookie all that RFC 2543 looked at.</summary>
    internal bool IsMatch(SipRequest other)
    {
        var mine = Request.TopVia;
        var theirs = other.TopVia;
        if (!other.MethodToken.SequenceEqual(Request.MethodToken) || !mine.Branch.SequenceEqual(theirs.Branch))
        {
            return false;
        }

        if (mine.HasMagicCookie)
        {
            return mine.Port == theirs.Port && Ascii.EqualsIgnoreCase(mine.Host, theirs.Host);
        }

        return other.CSeqNumber == Request.CSeqNumber && other.CallId.SequenceEqual(Request.CallId)
            && other.RequestUriText.SequenceEqual(Request.RequestUriText)
            && other.From.Tag.SequenceEqual(Request.From.Tag) && other.To.Tag.SequenceEqual(Request.To.Tag)
            && mine.SentBy.SequenceEqual(theirs.SentBy) && mine.Transport.SequenceEqual(theirs.Transport);
    }

    /// <summary>RFC 3261 section 8.2.2.2: the same request arrived on another path.</summary>
    internal bool IsMergedWith(SipRequest other) =>
        other.CSeqNumber == Request.CSeqNumber && other.MethodToken.SequenceEqual(Request.MethodToken) && other.CallId.SequenceEqual(Request.CallId)
        && other.To.Tag.IsEmpty && other.From.Tag.SequenceEqual(Request.From.Tag);

    internal static SipHop TargetOf(SipRequest request, SipHop source)
    {
        var via = request.TopVia;
        var keepsSource = source.Transport == SipTransportKind.Tcp ? source.Flow == 0 : via.RPort >= 0;
        var port = via.Port == 0 ? 5060 : via.Port;
        return keepsSource || source.EndPoint.Port == port ? source : source with { EndPoint = new IPEndPoint(source.EndPoint.Address, port) };
    }
}
