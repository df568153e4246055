using System.Text;

namespace UeFarm.Protocol.Sip;

/// <summary>Names of <see cref="SipHeaderId"/>, long and compact (RFC 3261 section 7.3.3), and which fields are lists or occur once.</summary>
public static class SipHeaderNames
{
    private const int LongestName = 25;

    private static readonly string[] Names =
    [
        "", "Via", "From", "To", "Call-ID", "CSeq", "Max-Forwards", "Contact", "Route", "Record-Route", "Expires", "Min-Expires", "Date", "Content-Type",
        "Content-Length", "Content-Transfer-Encoding", "Content-Disposition", "Authorization", "Proxy-Authorization", "WWW-Authenticate",
        "Proxy-Authenticate", "Authentication-Info", "Supported", "Require", "Proxy-Require", "Unsupported", "Allow", "Accept", "Retry-After", "Path",
        "Service-Route", "P-Associated-URI", "P-Asserted-Identity", "P-Preferred-Identity", "P-Called-Party-ID", "P-Access-Network-Info", "Event",
        "Subscription-State", "User-Agent", "Server", "Warning", "Reason", "Subject", "MIME-Version", "Content-Encoding", "Refer-To", "Referred-By",
        "Allow-Events", "Accept-Contact", "Reject-Contact", "Request-Disposition", "Session-Expires",
    ];

    private static readonly byte[][] LinePrefixes = Array.ConvertAll(Names, name => Encoding.ASCII.GetBytes(name + ": "));

    private static readonly (byte[] Name, SipHeaderId Id)[][] ByLength = IndexByLength();

    // Fields that a message carries once (RFC 3261 section 7.3.1: only comma lists may be repeated). Only those are listed on whose value somebody
    // acts, so that a doubled Server or User-Agent, seen in the wild, does no harm.
    private static readonly ulong SingleMask = MaskOf(
        SipHeaderId.From, SipHeaderId.To, SipHeaderId.CallId, SipHeaderId.CSeq, SipHeaderId.MaxForwards, SipHeaderId.Expires, SipHeaderId.MinExpires,
        SipHeaderId.Date, SipHeaderId.ContentType, SipHeaderId.ContentLength, SipHeaderId.ContentTransferEncoding, SipHeaderId.ContentDisposition,
        SipHeaderId.RetryAfter, SipHeaderId.PCalledPartyId, SipHeaderId.Event, SipHeaderId.SubscriptionState, SipHeaderId.Subject, SipHeaderId.MimeVersion,
        SipHeaderId.ReferTo, SipHeaderId.ReferredBy, SipHeaderId.SessionExpires);

    private static readonly ulong ListMask = MaskOf(
        SipHeaderId.Via, SipHeaderId.Contact, SipHeaderId.Route, SipHeaderId.RecordRoute, SipHeaderId.Path, SipHeaderId.ServiceRoute,
        SipHeaderId.PAssociatedUri, SipHeaderId.PAssertedIdentity, SipHeaderId.PPreferredIdentity, SipHeaderId.Supported, SipHeaderId.Require,
        SipHeaderId.ProxyRequire, SipHeaderId.Unsupported, SipHeaderId.Allow, SipHeaderId.Accept, SipHeaderId.Warning, SipHeaderId.Reason,
        SipHeaderId.PAccessNetworkInfo, SipHeaderId.ContentEncoding, SipHeaderId.AllowEvents, SipHeaderId.AcceptContact, SipHeaderId.RejectContact,
        SipHeaderId.RequestDisposition);

    /// <summary>The long form of the name; an empty text for <see cref="SipHeaderId.Other"/>.</summary>
    public static string NameOf(SipHeaderId id) => Names[(int)id];

    /// <summary>Case-insensitive; <see cref="SipHeaderId.Other"/> for an unknown name.</summary>
    public static SipHeaderId Parse(ReadOnlySpan<byte> name)
    {
        if (name.Length == 1)
        {
            return ParseCompact((byte)(name[0] | 0x20));
        }

        if (name.Length > LongestName)
        {
            return SipHeaderId.Other;
        }

        foreach (ref readonly var candidate in ByLength[name.Length].AsSpan())
        {
            // The first letter separates nearly all names of one length.
            if (((candidate.Name[0] ^ name[0]) & 0xDF) == 0 && Ascii.EqualsIgnoreCase(candidate.Name, name))
            {
                return candidate.Id;
            }
        }

        return SipHeaderId.Other;
    }

    internal static bool IsSingle(SipHeaderId id) => (SingleMask >> (int)id & 1) != 0;

    internal static bool IsList(SipHeaderId id) => (ListMask >> (int)id & 1) != 0;

    /// <summary>"Name: " in bytes.</summary>
    internal static ReadOnlySpan<byte> LinePrefixOf(SipHeaderId id) => LinePrefixes[(int)id];

    private static SipHeaderId ParseCompact(byte letter) => letter switch
    {
        (byte)'v' => SipHeaderId.Via,
        (byte)'f' => SipHeaderId.From,
        (byte)'t' => SipHeaderId.To,
        (byte)'i' => SipHeaderId.CallId,
        (byte)'m' => SipHeaderId.Contact,
        (byte)'l' => SipHeaderId.ContentLength,
        (byte)'c' => SipHeaderId.ContentType,
        (byte)'e' => SipHeaderId.ContentEncoding,
        (byte)'k' => SipHeaderId.Supported,
        (byte)'s' => SipHeaderId.Subject,
        (byte)'o' => SipHeaderId.Event,
        (byte)'u' => SipHeaderId.AllowEvents,
        (byte)'r' => SipHeaderId.ReferTo,
        (byte)'b' => SipHeaderId.ReferredBy,
        (byte)'a' => SipHeaderId.AcceptContact,
        (byte)'j' => SipHeaderId.RejectContact,
        (byte)'d' => SipHeaderId.RequestDisposition,
        (byte)'x' => SipHeaderId.SessionExpires,
        _ => SipHeaderId.Other,
    };

    private static (byte[] Name, SipHeaderId Id)[][] IndexByLength()
    {
        var lists = new List<(byte[], SipHeaderId)>[LongestName + 1];
        for (var length = 0; length < lists.Length; length++)
        {
            lists[length] = [];
        }

        for (var id = 1; id < Names.Length; id++)
        {
            lists[Names[id].Length].Add((Encoding.ASCII.GetBytes(Names[id]), (SipHeaderId)id));
        }

        return Array.ConvertAll(lists, list => list.ToArray());
    }

    private static ulong MaskOf(params ReadOnlySpan<SipHeaderId> ids)
    {
        var mask = 0UL;
        foreach (var id in ids)
        {
            mask |= 1UL << (int)id;
        }

        return mask;
    }
}
