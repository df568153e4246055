using System.Buffers.Text;
using System.Globalization;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// How the index of a phone stands in what it sends, so that a node finds the phone of an incoming message without a table: the user part of its
/// Contact is <c>u</c> and the index to the base of 36, its branches are <c>z9hG4bKu</c>, the same number, a dot and 16 hex digits.
/// </summary>
public static class UeAddressing
{
    private const int MostDigits = 6;
    private const int UniqueDigits = 16;

    private static ReadOnlySpan<byte> BranchPrefix => "z9hG4bKu"u8;

    /// <summary>"u2s".</summary>
    public static string ContactUserOf(int index)
    {
        Span<char> digits = stackalloc char[MostDigits];
        return string.Concat("u", Write(index, digits));
    }

    /// <summary>Unique: 64 random bits.</summary>
    public static string CreateBranch(int index, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<char> digits = stackalloc char[MostDigits];
        return string.Create(CultureInfo.InvariantCulture, $"z9hG4bKu{Write(index, digits)}.{random.NextUInt64():x16}");
    }

    /// <summary>False: not the branch of a phone.</summary>
    public static bool TryReadBranch(ReadOnlySpan<byte> branch, out int index)
    {
        index = 0;
        if (!branch.StartsWith(BranchPrefix))
        {
            return false;
        }

        var rest = branch[BranchPrefix.Length..];
        var dot = rest.IndexOf((byte)'.');
        return dot > 0 && rest.Length == dot + 1 + UniqueDigits && TryRead(rest[..dot], out index)
            && Utf8Parser.TryParse(rest[(dot + 1)..], out ulong _, out var used, 'x') && used == UniqueDigits;
    }

    /// <summary>The phone that a Request-URI names by its Contact: "sip:u2s@...". False: none.</summary>
    public static bool TryReadContact(ReadOnlySpan<byte> uri, out int index)
    {
        index = 0;
        var colon = uri.IndexOf((byte)':');
        var at = uri.IndexOf((byte)'@');
        return colon > 0 && at > colon + 2 && uri[colon + 1] == 'u' && TryRead(uri[(colon + 2)..at], out index);
    }

    private static ReadOnlySpan<char> Write(int index, Span<char> digits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var start = digits.Length;
        do
        {
            (index, var digit) = Math.DivRem(index, 36);
            digits[--start] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        }
        while (index > 0);

        return digits[start..];
    }

    /// <summary>Exactly what <see cref="Write"/> writes: lower case, no leading zeros.</summary>
    private static bool TryRead(ReadOnlySpan<byte> digits, out int index)
    {
        index = 0;
        if (digits.Length is 0 or > MostDigits || (digits[0] == '0' && digits.Length > 1))
        {
            return false;
        }

        long value = 0;
        foreach (var digit in digits)
        {
            var number = digit is >= (byte)'0' and <= (byte)'9' ? digit - '0' : digit is >= (byte)'a' and <= (byte)'z' ? digit - 'a' + 10 : -1;
            if (number < 0)
            {
                return false;
            }

            value = (value * 36) + number;
        }

        index = value <= int.MaxValue ? (int)value : 0;
        return value <= int.MaxValue;
    }
}
