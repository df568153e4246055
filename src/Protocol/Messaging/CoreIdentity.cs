using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// Who the core is: its domain, its listening address and the application server behind it. Decides which identities it serves
/// and who speaks for the application server. Immutable and thread-safe.
/// </summary>
public sealed class CoreIdentity
{
    private readonly string _listenHost;
    private readonly byte[] _applicationServerHost;

    /// <summary>ListenEndPoint: the address that goes into Via, Service-Route and third-party REGISTER. ApplicationServer null: none.</summary>
    public CoreIdentity(string domain, IPEndPoint listenEndPoint, SipHop? applicationServer)
    {
        Domain = domain.ToLowerInvariant();
        ListenEndPoint = listenEndPoint;
        ApplicationServer = applicationServer;
        _listenHost = HostOf(listenEndPoint);
        SentBy = string.Create(CultureInfo.InvariantCulture, $"{_listenHost}:{listenEndPoint.Port}");
        ServiceRoute = $"<sip:orig@{SentBy};lr>";
        _applicationServerHost = applicationServer is { } server ? Encoding.ASCII.GetBytes(HostOf(server.EndPoint)) : [];
    }

    /// <summary>The home domain, in lower case; also the digest realm.</summary>
    public string Domain { get; }

    public IPEndPoint ListenEndPoint { get; }

    public SipHop? ApplicationServer { get; }

    /// <summary>"host:port" for Via.</summary>
    public string SentBy { get; }

    /// <summary>What a phone puts into Route of its requests (RFC 3608).</summary>
    public string ServiceRoute { get; }

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
    /// True: the request comes from the application server and is to be delivered, not to be checked as a phone's.
    /// Interpretation: it comes from the configured address and port itself (UDP, or a connection that the core opened), or from
    /// the configured address with the server's listening address in the top Via (a connection that the server opened from
    /// another port). So hosts on the application server's own address are trusted like it.
    /// </summary>
    public bool IsFromApplicationServer(SipMessage message, SipHop from)
    {
        if (ApplicationServer is not { } server || !SameAddress(from.EndPoint.Address, server.EndPoint.Address))
        {
            return false;
        }

        if (from.EndPoint.Port == server.EndPoint.Port)
        {
            return true;
        }

        var sentBy = message.TopVia.SentBy;
        return sentBy.Length > _applicationServerHost.Length + 1
            && Ascii.EqualsIgnoreCase(sentBy[.._applicationServerHost.Length], _applicationServerHost)
            && sentBy[_applicationServerHost.Length] == (byte)':'
            && Utf8Parser.TryParse(sentBy[(_applicationServerHost.Length + 1)..], out int port, out _)
            && port == server.EndPoint.Port;
    }

    internal static bool IsSipScheme(SipUri uri) => uri.Scheme is "sip" or "sips";

    private static bool SameAddress(IPAddress left, IPAddress right) =>
        left.Equals(right) || (left.AddressFamily != right.AddressFamily && left.MapToIPv6().Equals(right.MapToIPv6()));

    private static string HostOf(IPEndPoint endPoint)
    {
        var text = (endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address).ToString();
        return text.Contains(':', StringComparison.Ordinal) ? $"[{text}]" : text;
    }
}
