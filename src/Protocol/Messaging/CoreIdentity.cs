using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// Who the core is: its domain, its listening address and the application server behind it, or several that have a group of the mailboxes each. Decides which identities it serves
/// and who speaks for an application server. Immutable but for the servers' addresses, and thread-safe.
/// </summary>
public sealed class CoreIdentity
{
    private readonly string _listenHost;
    private readonly Server?[] _servers;

    /// <summary>
    /// ListenEndPoint: the address that goes into Via, Service-Route and third-party REGISTER. ApplicationServer null: none. MailboxGroups: how many servers there
    /// will be; where those of the others are is said later.
    /// </summary>
    public CoreIdentity(string domain, IPEndPoint listenEndPoint, SipHop? applicationServer, int mailboxGroups = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mailboxGroups, 1);
        Domain = domain.ToLowerInvariant();
        ListenEndPoint = listenEndPoint;
        _servers = new Server?[mailboxGroups];
        MoveApplicationServer(applicationServer);
        _listenHost = HostOf(listenEndPoint);
        SentBy = string.Create(CultureInfo.InvariantCulture, $"{_listenHost}:{listenEndPoint.Port}");
        ServiceRoute = $"<sip:orig@{SentBy};lr>";
    }

    /// <summary>The home domain, in lower case; also the digest realm.</summary>
    public string Domain { get; }

    public IPEndPoint ListenEndPoint { get; }

    /// <summary>The application server of the first group, which is the only one unless said otherwise; null: nowhere.</summary>
    public SipHop? ApplicationServer => ApplicationServerOf(0);

    /// <summary>Whether any server is there.</summary>
    public bool HasApplicationServer => Array.Exists(_servers, static server => server is not null);

    /// <summary>Of how many groups of mailboxes there are servers.</summary>
    public int MailboxGroupCount => _servers.Length;

    /// <summary>"host:port" for Via.</summary>
    public string SentBy { get; }

    /// <summary>What a phone puts into Route of its requests (RFC 3608).</summary>
    public string ServiceRoute { get; }

    /// <summary>From now on the application server of a group is there; null: nowhere.</summary>
    public void MoveApplicationServer(SipHop? server, int mailboxGroup = 0) =>
        Volatile.Write(ref _servers[mailboxGroup], server is { } hop ? new Server(hop, Encoding.ASCII.GetBytes(HostOf(hop.EndPoint))) : null);

    /// <summary>Where the application server of a group is; null: nowhere.</summary>
    public SipHop? ApplicationServerOf(int mailboxGroup) => Volatile.Read(ref _servers[mailboxGroup])?.Hop;

    /// <summary>The group that a recipient's mailbox is in.</summary>
    public int MailboxGroupOf(string addressOfRecord) => MailboxGroups.Of(addressOfRecord, _servers.Length);

    /// <summary>
    /// The key of a user that is served here: "sip:user@domain". False: another scheme, no user part, a foreign host or too long.
    /// Interpretation: the core's own address stands for its domain, because test clients without name resolution write it.
    /// </summary>
    public bool TryGetAddressOfRecord(SipUri uri, [NotNullWhen(true)] out string? addressOfRecord)
    {
        addressOfRecord = null;
        if (!IsSipScheme(uri) || uri.User is null || !IsOwnHost(uri))
        {
            return false;
        }

        addressOfRecord = uri.ToAddressOfRecord();
        if (uri.Host != Domain)
        {
            addressOfRecord = string.Concat(addressOfRecord.AsSpan(0, addressOfRecord.Length - uri.Host.Length), Domain);
        }

        return addressOfRecord.Length <= Sip.Authentication.DigestServer.MaxScopeLength;
    }

    /// <summary>The URI names this core: its domain (any port) or the address it listens on.</summary>
    public bool IsOwnHost(SipUri uri) =>
        uri.Host == Domain || (uri.Host == _listenHost && (uri.Port == ListenEndPoint.Port || (uri.Port == 0 && IsSipScheme(uri))));

    /// <summary>
    /// True: the request comes from an application server and is to be delivered, not to be checked as a phone's.
    /// Interpretation: it comes from the configured address and port itself (UDP, or a connection that the core opened), or from
    /// the configured address with the server's listening address in the top Via (a connection that the server opened from
    /// another port). So hosts on the application server's own address are trusted like it.
    /// </summary>
    public bool IsFromApplicationServer(SipMessage message, SipHop from)
    {
        for (var group = 0; group < _servers.Length; group++)
        {
            if (Volatile.Read(ref _servers[group]) is { } server && IsFrom(server, message, from))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsFrom(Server server, SipMessage message, SipHop from)
    {
        if (!SameAddress(from.EndPoint.Address, server.Hop.EndPoint.Address))
        {
            return false;
        }

        if (from.EndPoint.Port == server.Hop.EndPoint.Port)
        {
            return true;
        }

        var sentBy = message.TopVia.SentBy;
        var host = server.Host;
        return sentBy.Length > host.Length + 1
            && Ascii.EqualsIgnoreCase(sentBy[..host.Length], host)
            && sentBy[host.Length] == (byte)':'
            && Utf8Parser.TryParse(sentBy[(host.Length + 1)..], out int port, out _)
            && port == server.Hop.EndPoint.Port;
    }

    internal static bool IsSipScheme(SipUri uri) => uri.Scheme is "sip" or "sips";

    private static bool SameAddress(IPAddress left, IPAddress right) =>
        left.Equals(right) || (left.AddressFamily != right.AddressFamily && left.MapToIPv6().Equals(right.MapToIPv6()));

    private static string HostOf(IPEndPoint endPoint)
    {
        var text = (endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address).ToString();
        return text.Contains(':', StringComparison.Ordinal) ? $"[{text}]" : text;
    }

    private sealed record Server(SipHop Hop, byte[] Host);
}
