using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>Where a node of the cluster is found: a name or an address, and a port.</summary>
internal sealed class NodeAddressKind : OptionKind<DnsEndPoint>
{
    public override string Name => "host and port";

    public override string Allowed => "HOST:PORT, as the node advertises itself";

    public override bool TryRead(string text, out DnsEndPoint value, out OptionProblem problem)
    {
        problem = default;
        value = null!;
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon];
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown || (host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('['))
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > IPEndPoint.MaxPort)
        {
            problem = new OptionProblem("is not a host with a port", "write it like node-0.lab:4053 or 10.0.0.7:4053");
            return false;
        }

        value = new DnsEndPoint(host.Trim('[', ']'), port);
        return true;
    }

    public override JsonObject CreateSchema() => Pattern(@"^([0-9A-Za-z._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$");
}
