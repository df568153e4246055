using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>A range of addresses in CIDR notation; a bare address is a range of one.</summary>
internal sealed class NetworkKind : OptionKind<IPNetwork>
{
    public override string Name => "address range";

    public override string Allowed => "an IPv4 or IPv6 address, or a range such as 10.20.0.0/16";

    public override bool TryRead(string text, out IPNetwork value, out OptionProblem problem)
    {
        problem = default;
        value = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        // Three dots are asked for because "10.1" would otherwise be read as the address 10.0.0.1.
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address)
            || (address.AddressFamily == AddressFamily.InterNetwork && text.Count(letter => letter == '.') != 3))
        {
            problem = new OptionProblem("is not an address range", "write it like 10.20.0.0/16, or 10.20.0.5 for one address");
            return false;
        }

        var bits = address.GetAddressBytes().Length * 8;
        var length = bits;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits))
        {
            problem =
                new OptionProblem("has a wrong prefix length", string.Create(CultureInfo.InvariantCulture, $"use a number from 0 to {bits} after the slash"));
            return false;
        }

        var network = new IPNetwork(Mask(address, length), length);
        if (!network.BaseAddress.Equals(address))
        {
            problem = new OptionProblem("has bits set outside its prefix", $"write {network}");
            return false;
        }

        value = network;
        return true;
    }

    public override JsonObject CreateSchema() => Pattern("^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$");

    private static IPAddress Mask(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(prefixLength - (8 * i), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - kept));
        }

        return new IPAddress(bytes);
    }
}
