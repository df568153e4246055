using System.Buffers.Binary;
using UeFarm.Protocol;

namespace UeFarm.Actors.Attack;

/// <summary>
/// Changes to a TRANSFER_INIT or a CMS body that need no key, made on the bytes as anybody on the path could. The layout is that of
/// RFC 6043 sections 6.1 to 6.10: CSB ID at offset 4; the T payload's value followed by RANDRi; the Initiator Data length right before V; V last.
/// </summary>
internal static class Tampering
{
    private const int CsbIdOffset = 4;
    private const int TimestampBytes = 8;
    private const int RandHeaderBytes = 3;

    /// <summary>Inserts three bytes of Initiator Data, which neither MAC covers. False when the message does not end in a V payload with a known MAC.</summary>
    public static bool TryInsertInitiatorData(ReadOnlySpan<byte> transferInit, out byte[] altered)
    {
        altered = [];
        var macBytes = MacBytes(transferInit);
        var lengthOffset = transferInit.Length - macBytes - 4;
        if (macBytes == 0 || lengthOffset < 0 || BinaryPrimitives.ReadUInt16BigEndian(transferInit[lengthOffset..]) != 0)
        {
            return false;
        }

        altered = new byte[transferInit.Length + 3];
        transferInit[..lengthOffset].CopyTo(altered);
        BinaryPrimitives.WriteUInt16BigEndian(altered.AsSpan(lengthOffset), 3);
        transferInit[(lengthOffset + 2)..].CopyTo(altered.AsSpan(lengthOffset + 5));
        return true;
    }

    /// <summary>A new timestamp, CSB ID and RAND under the old MAC.</summary>
    public static bool TryRedate(ReadOnlySpan<byte> transferInit, NtpTimestamp old, NtpTimestamp timestamp, IRandomSource random, out byte[] forged)
    {
        Span<byte> value = stackalloc byte[TimestampBytes];
        BinaryPrimitives.WriteUInt64BigEndian(value, old.Raw);
        var at = transferInit.IndexOf(value);
        forged = transferInit.ToArray();
        var randAt = at + TimestampBytes + RandHeaderBytes;
        if (at < 0 || randAt >= forged.Length || randAt + forged[randAt - 1] > forged.Length)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt64BigEndian(forged.AsSpan(at), timestamp.Raw);
        random.Fill(forged.AsSpan(CsbIdOffset, sizeof(uint)));
        random.Fill(forged.AsSpan(randAt, forged[randAt - 1]));
        return true;
    }

    /// <summary>One bit of the last byte, the end of the authentication tag, flipped.</summary>
    public static byte[] FlipLastBit(ReadOnlySpan<byte> cms)
    {
        var altered = cms.ToArray();
        altered[^1] ^= 1;
        return altered;
    }

    private static int MacBytes(ReadOnlySpan<byte> message)
    {
        if (message.Length > 34 && message[^33] == 2 && message[^34] == 0)
        {
            return 32;
        }

        return message.Length > 22 && message[^21] == 1 && message[^22] == 0 ? 20 : 0;
    }
}
