using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey;

/// <summary>One block of a GENERIC-ID map. At most 127 policies, 65,535 bytes of session data, 255 bytes of SPI.</summary>
internal sealed class GenericIdSession(
    byte csId, SecurityProtocol protocol, bool hasSessionCounters, ReadOnlyMemory<byte> policies, ReadOnlyMemory<byte> sessionData, ReadOnlyMemory<byte> spi)
{
    private const int PolicyCountMask = 0x7F;
    private const int SessionFlag = 0x80;

    public byte CsId { get; } = csId;

    public SecurityProtocol Protocol { get; } = protocol;

    /// <summary>S: its meaning belongs to the protocol; for SRTP, ROC and SEQ are present.</summary>
    public bool HasSessionCounters { get; } = hasSessionCounters;

    /// <summary>One policy number per byte.</summary>
    public ReadOnlyMemory<byte> Policies { get; } = policies;

    public ReadOnlyMemory<byte> SessionData { get; } = sessionData;

    public ReadOnlyMemory<byte> Spi { get; } = spi;

    public int EncodedLength => 6 + Policies.Length + SessionData.Length + Spi.Length;

    public static bool TryRead(ref MikeyReader reader, out GenericIdSession? session)
    {
        session = null;
        if (!reader.TryReadByte("HDR.map CS ID", out var csId)
            || !reader.TryReadByte("HDR.map Prot type", out var protocol)
            || !reader.TryReadByte("HDR.map S + #P", out var count)
            || !reader.TryReadBytes("HDR.map Ps", count & PolicyCountMask, out var policies)
            || !reader.TryReadBytesWithLength16("HDR.map Session Data", out var sessionData)
            || !reader.TryReadBytesWithLength8("HDR.map SPI", out var spi))
        {
            return false;
        }

        session = new GenericIdSession(csId, (SecurityProtocol)protocol, (count & SessionFlag) != 0, policies, sessionData, spi);
        return true;
    }

    public void Write(ref WireWriter writer)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Policies.Length, PolicyCountMask, nameof(Policies));
        writer.WriteByte(CsId);
        writer.WriteByte((byte)Protocol);
        writer.WriteByte((byte)((HasSessionCounters ? SessionFlag : 0) | Policies.Length));
        writer.WriteBytes(Policies.Span);
        writer.WriteBytesWithLength16(SessionData.Span);
        writer.WriteBytesWithLength8(Spi.Span);
    }
}
