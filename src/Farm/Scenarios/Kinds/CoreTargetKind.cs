using System.Globalization;
using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary><c>embedded</c>, or a SIP URI of host, optional port and optional transport.</summary>
internal sealed class CoreTargetKind : OptionKind<SipTarget>
{
    private const int DefaultPort = 5060;

    public override string Name => "core";

    public override string Allowed => "embedded, or sip:HOST[:PORT][;transport=tcp|udp]";

    public override bool TryRead(string text, out SipTarget value, out OptionProblem problem)
    {
        problem = default;
        value = SipTarget.Embedded;
        if (text == "embedded")
        {
            return true;
        }

        if (!text.StartsWith("sip:", StringComparison.OrdinalIgnoreCase))
        {
            problem = new OptionProblem(
                text.StartsWith("sips:", StringComparison.OrdinalIgnoreCase) ? "asks for TLS, which this version does not speak"
                    : "is neither embedded nor a SIP URI",
                "write it like sip:pcscf.lab:5060;transport=tcp");
            return false;
        }

        var parts = text[4..].Split(';');
        if (!TryReadTransport(parts, out var transport) || !TrySplitPort(parts[0], out var host, out var port)
            || Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            problem = new OptionProblem("is not a SIP URI of host, port and transport alone", "write it like sip:pcscf.lab:5060;transport=tcp");
            return false;
        }

        value = new SipTarget(false, host.Trim('[', ']'), port, transport);
        return true;
    }

    public override JsonObject CreateSchema() => Pattern(@"^(embedded|[sS][iI][pP]:[0-9A-Za-z.:\[\]-]+(;transport=(tcp|udp|TCP|UDP))?)$");

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
