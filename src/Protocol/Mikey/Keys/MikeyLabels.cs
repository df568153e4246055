using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Keys;

/// <summary>
/// The labels of MIKEY-TICKET: constant, CS, id, kind and a tail (RFC 6043 sections 5.1, 6.10, A.2). A RAND that is not used still
/// leaves its length byte 0. They differ from those of RFC 3830, which have neither kind nor lengths.
/// </summary>
internal static class MikeyLabels
{
    /// <summary>In place of the CS ID where the key belongs to no crypto session.</summary>
    public const byte NoCs = 0xFF;

    /// <summary>In place of the CSB ID where the key belongs to no message.</summary>
    public const uint NoCsb = 0xFFFF_FFFF;

    /// <summary>The longest label of two RANDs in bytes.</summary>
    public const int MaxRandLabelBytes = HeadBytes + (2 * 256);

    private const int HeadBytes = 10;

    /// <summary>encr_key, auth_key and salt_key of an initial message or of a response.</summary>
    public static int WriteMessage(
        Span<byte> destination, LabelConstant constant, LabelKind kind, uint csbId, ReadOnlySpan<byte> randI, ReadOnlySpan<byte> randR) =>
        WriteRands(destination, constant, NoCs, csbId, kind, randI, randR);

    /// <summary>TEK and other keys from TGK or GTGK. The CSB ID does not enter.</summary>
    public static int WriteSessionKey(
        Span<byte> destination, LabelConstant constant, byte csId, ReadOnlySpan<byte> randI, ReadOnlySpan<byte> randR) =>
        WriteRands(destination, constant, csId, NoCsb, LabelKind.SessionKey, randI, randR);

    /// <summary>Keys of a base ticket from TPK, and MPKi, MPKr from MPK: the tail is the RAND of the ticket.</summary>
    public static int WriteTicket(Span<byte> destination, LabelConstant constant, LabelKind kind, ReadOnlySpan<byte> rand)
    {
        var writer = new WireWriter(destination);
        WriteHead(ref writer, constant, NoCs, NoCsb, kind);
        writer.WriteBytesWithLength8(rand);
        return writer.Position;
    }

    /// <summary>auth_key of Vr from MPKr: no tail.</summary>
    public static int WriteResponderVerification(Span<byte> destination)
    {
        var writer = new WireWriter(destination);
        WriteHead(ref writer, LabelConstant.Authentication, NoCs, NoCsb, LabelKind.ResponderVerification);
        return writer.Position;
    }

    public static int ForkLength(int identityLength, int randLength) => HeadBytes + 2 + identityLength + 1 + randLength;

    /// <summary>MPKr' and TGK': the tail is the modifier, with a 16-bit length of the identity and an 8-bit one of the RAND.</summary>
    public static int WriteFork(Span<byte> destination, LabelConstant constant, ReadOnlySpan<byte> identity, ReadOnlySpan<byte> randKms)
    {
        var writer = new WireWriter(destination);
        WriteHead(ref writer, constant, NoCs, NoCsb, LabelKind.Fork);
        writer.WriteBytesWithLength16(identity);
        writer.WriteBytesWithLength8(randKms);
        return writer.Position;
    }

    private static int WriteRands(
        Span<byte> destination, LabelConstant constant, byte cs, uint id, LabelKind kind, ReadOnlySpan<byte> randI, ReadOnlySpan<byte> randR)
    {
        var writer = new WireWriter(destination);
        WriteHead(ref writer, constant, cs, id, kind);
        writer.WriteBytesWithLength8(randI);
        writer.WriteBytesWithLength8(randR);
        return writer.Position;
    }

    private static void WriteHead(ref WireWriter writer, LabelConstant constant, byte cs, uint id, LabelKind kind)
    {
        writer.WriteUInt32((uint)constant);
        writer.WriteByte(cs);
        writer.WriteUInt32(id);
        writer.WriteByte((byte)kind);
    }
}
