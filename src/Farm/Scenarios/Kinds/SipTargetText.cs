using System.Globalization;

namespace UeFarm.Farm.Scenarios;

/// <summary>Reads somebody's SIP address: host, optional port and optional transport, with or without the scheme.</summary>
internal static class SipTargetText
{
    public const string TlsProblem = "asks for TLS, which this version does not speak";

    /// <summary>Patterns for JSON Schemas: the scheme, and what follows it.</summary>
    public const string Scheme = "[sS][iI][pP]:";
    public const string HostPattern = @"[0-9A-Za-z.:\[\]-]+(;transport=(tcp|udp|TCP|UDP))?";

    private const int DefaultPort = 5060;

    public static bool HasScheme(string text) => text.StartsWith("sip:", StringComparison.OrdinalIgnoreCase);

    public static bool WantsTls(string text) => text.StartsWith("sips:", StringComparison.OrdinalIgnoreCase);

    public static bool TryRead(string text, out SipTarget target)
    {
        target = SipTarget.Embedded;
        var parts = (HasScheme(text) ? text[4..] : text).Split(';');
        if (!TryReadTransport(parts, out var transport) || !TrySplitPort(parts[0], out var host, out var port)
            || Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            return false;
        }

        target = new SipTarget(false, host.Trim('[', ']'), port, transport);
        return true;
    }

    private static bool TryReadTransport(string[] parts, out SipTransportChoice? transport)
    {
        transport = null;
        if (parts.Length == 1)
        {
            return true;
        }

        transport = parts[1].ToUpperInvariant() switch { "TRANSPORT=TCP" => SipTransportChoice.Tcp, "TRANSPORT=UDP" => SipTransportChoice.Udp, _ => null };
        return parts.Length == 2 && transport is not null;
    }

    private static bool TrySplitPort(string hostPort, out string host, out int port)
    {
        port = DefaultPort;
        host = hostPort;
        var colon = hostPort.LastIndexOf(':');
        if (colon < 0 || hostPort.EndsWith(']'))
        {
            return true;
        }

        host = hostPort[..colon];
        return (!host.Contains(':', StringComparison.Ordinal) || host.EndsWith(']'))
            && int.TryParse(hostPort.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port is > 0 and <= 65535;
    }
}
