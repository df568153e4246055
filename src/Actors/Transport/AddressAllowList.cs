using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace UeFarm.Actors.Transport;

/// <summary>
/// Addresses that the farm may send to: a list of networks in CIDR notation (RFC 4632 section 3.1, RFC 4291 section 2.3). An IPv4 address and
/// its IPv4-mapped IPv6 form are the same address here, so that neither notation gets around the list. Immutable.
/// </summary>
public sealed class AddressAllowList
{
    private const int MappedPrefixBits = 96;

    private readonly (UInt128 Prefix, UInt128 Mask)[] _networks;

    private AddressAllowList((UInt128 Prefix, UInt128 Mask)[] networks) => _networks = networks;

    /// <summary>127.0.0.0/8 and ::1, the default.</summary>
    public static AddressAllowList Loopback { get; } = new([Network(IPAddress.Loopback, 8), Network(IPAddress.IPv6Loopback, 128)]);

    /// <summary>
    /// Reads entries such as "10.0.0.0/8", "fd00::/8" or "192.0.2.7". An entry with bits set behind its prefix, or in a shortened IPv4 form
    /// ("10.1", "0x7f000001"), is refused: it may mean something else than its author thinks.
    /// </summary>
    public static bool TryParse(IEnumerable<string> cidrs, out AddressAllowList? list, out string? badEntry)
    {
        ArgumentNullException.ThrowIfNull(cidrs);
        var networks = new List<(UInt128, UInt128)>();
        foreach (var cidr in cidrs)
        {
            if (!TryParseNetwork(cidr, out var network))
            {
                list = null;
                badEntry = cidr;
                return false;
            }

            networks.Add(network);
        }

        list = new AddressAllowList([.. networks]);
        badEntry = null;
        return true;
    }

    public bool IsAllowed(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var value = ToInteger(address);
        foreach (var (prefix, mask) in _networks)
        {
            if ((value & mask) == prefix)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryParseNetwork(string? text, out (UInt128 Prefix, UInt128 Mask) network)
    {
        network = default;
        if (text is null || text.Contains('%', StringComparison.Ordinal))
        {
            return false;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var addressText = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(addressText, out var address) || addressText.StartsWith('['))
        {
            return false;
        }

        var isIpv4 = address.AddressFamily == AddressFamily.InterNetwork;
        if (isIpv4 && address.ToString() != addressText)
        {
            return false;
        }

        var bits = isIpv4 ? 32 : 128;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out bits) || bits > (isIpv4 ? 32 : 128)))
        {
            return false;
        }

        network = Network(address, bits);
        return network.Prefix == ToInteger(address);
    }

    private static (UInt128 Prefix, UInt128 Mask) Network(IPAddress address, int bits)
    {
        var prefixBits = address.AddressFamily == AddressFamily.InterNetwork ? MappedPrefixBits + bits : bits;
        var mask = prefixBits == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - prefixBits);
        return (ToInteger(address) & mask, mask);
    }

    /// <summary>The address as 128 bits; IPv4 in its mapped form (RFC 4291 section 2.5.5.2).</summary>
    private static UInt128 ToInteger(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var written))
        {
            throw new ArgumentException("An address has 4 or 16 bytes.", nameof(address));
        }

        return written == 4
            ? new UInt128(0, 0x0000_FFFF_0000_0000UL | BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
