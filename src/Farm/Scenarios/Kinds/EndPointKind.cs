using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>An address and port to listen at.</summary>
/// <param name="isOptional"><c>off</c> is allowed too, and a port alone, which means loopback.</param>
internal sealed class EndPointKind(bool isOptional) : OptionKind<IPEndPoint?>
{
    private const string Example = "127.0.0.1:5090, [::1]:5090 or 0.0.0.0:5090";

    public override string Name => "address and port";

    public override string Allowed => isOptional
        ? "off, a port of the loopback address, or ADDRESS:PORT"
        : "ADDRESS:PORT with an IPv4 or IPv6 address; port 0: a free one";

    public override bool TryRead(string text, out IPEndPoint? value, out OptionProblem problem)
    {
        problem = default;
        value = null;
        if (isOptional && text == "off")
        {
            return true;
        }

        var colon = text.LastIndexOf(':');
        var address = IPAddress.Loopback;
        if ((colon < 0 && !isOptional) || (colon >= 0 && !TryReadAddress(text[..colon], out address)))
        {
            problem = new OptionProblem("is not an address with a port", $"write it like {Example}");
            return false;
        }

        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort)
        {
            problem = new OptionProblem("has no port of 0 to 65535", $"write it like {Example}");
            return false;
        }

        value = new IPEndPoint(address, port);
        return true;
    }

    public override JsonObject CreateSchema() => isOptional
        ? new JsonObject
        {
            ["anyOf"] = new JsonArray(
                Pattern(@"^(off|[0-9]{1,5}|[0-9.]+:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5})$"),
                new JsonObject { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = 65535 }),
        }
        : Pattern(@"^([0-9.]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$");

    /// <summary>IPv6 in brackets. Three dots are asked for because "10.1" would otherwise be read as the address 10.0.0.1.</summary>
    private static bool TryReadAddress(string text, out IPAddress address)
    {
        var isBracketed = text.StartsWith('[') && text.EndsWith(']');
        return IPAddress.TryParse(isBracketed ? text[1..^1] : text, out address!)
            && (isBracketed ? address.AddressFamily == AddressFamily.InterNetworkV6
                : address.AddressFamily == AddressFamily.InterNetwork && text.Count(letter => letter == '.') == 3);
    }
}
