using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// imdn.Message-ID of a message that asks for reports: the number of the message, and 64 bits of an HMAC over number and recipient under a secret of the phone.
/// So a phone knows its own without keeping a table, and only who has seen the message can report about it, and only in the recipient's name.
/// </summary>
public static class ReportId
{
    private const int TagDigits = 16;

    /// <summary>Random bytes that the phone keeps for itself.</summary>
    public const int KeyBytes = 16;

    public static string Create(ReadOnlySpan<byte> key, long number, string recipient) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:x}.{TagOf(key, number, recipient):x16}");

    /// <summary>The number alone, which anybody can write.</summary>
    public static bool TryReadNumber(string id, out long number)
    {
        number = 0;
        var dot = id.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && id.Length == dot + 1 + TagDigits && !id.Contains(' ', StringComparison.Ordinal)
            && long.TryParse(id.AsSpan(0, dot), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && number >= 0;
    }

    /// <summary>True: this phone made it for a message to this recipient.</summary>
    public static bool TryVerify(ReadOnlySpan<byte> key, string id, string recipient, out long number) =>
        TryReadNumber(id, out number)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(id), Encoding.UTF8.GetBytes(Create(key, number, recipient)));

    private static ulong TagOf(ReadOnlySpan<byte> key, long number, string recipient)
    {
        var identity = Encoding.UTF8.GetBytes(ComparableIdentity.Of(recipient));
        var text = new byte[sizeof(long) + identity.Length];
        BinaryPrimitives.WriteInt64BigEndian(text, number);
        identity.CopyTo(text, sizeof(long));
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, text, mac);
        return BinaryPrimitives.ReadUInt64BigEndian(mac);
    }
}
