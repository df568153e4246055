using System.Globalization;

namespace UeFarm.Farm.Scenarios;

/// <summary>The core that the phones talk to: the embedded one, or a host (name or address literal without brackets) and port.</summary>
/// <remarks>Transport: From the URI's transport parameter; null when it has none.</remarks>
internal sealed record SipTarget(bool IsEmbedded, string Host, int Port, SipTransportChoice? Transport)
{
    public static readonly SipTarget Embedded = new(true, "127.0.0.1", 0, null);

    public override string ToString()
    {
        if (IsEmbedded)
        {
            return "embedded";
        }

        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        var transport = Transport is { } choice ? $";transport={(choice == SipTransportChoice.Udp ? "udp" : "tcp")}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"sip:{host}:{Port}{transport}");
    }
}
