using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey;

/// <summary>HDR, the common header (RFC 3830 section 6.1), without its Next payload, which follows from the payloads.</summary>
internal sealed record MikeyHeader(MikeyDataType DataType, bool IsResponseExpected, PrfFunction Prf, uint CsbId, CsIdMap Map)
{
    /// <summary>The only version there is.</summary>
    public const byte Version = 1;

    /// <summary>Where the CSB ID stands in a message.</summary>
    public const int CsbIdOffset = 4;

    private const int FixedLength = 10;
    private const int ResponseFlag = 0x80;
    private const int PrfMask = 0x7F;

    public int EncodedLength => FixedLength + Map.EncodedLength;

    public static bool TryRead(ref MikeyReader reader, out MikeyHeader? header, out MikeyPayloadType first)
    {
        header = null;
        first = MikeyPayloadType.Last;
        if (!reader.TryReadByte("HDR.version", out var version))
        {
            return false;
        }

        if (version != Version)
        {
            return reader.Fail(MikeyFault.BadVersion, "HDR.version", 0);
        }

        if (!reader.TryReadByte("HDR.data type", out var dataType)
            || !reader.TryReadByte("HDR.next payload", out var next)
            || !reader.TryReadByte("HDR.V + PRF func", out var prf)
            || !reader.TryReadUInt32("HDR.CSB ID", out var csbId)
            || !CsIdMap.TryRead(ref reader, out var map))
        {
            return false;
        }

        first = (MikeyPayloadType)next;
        header = new MikeyHeader((MikeyDataType)dataType, (prf & ResponseFlag) != 0, (PrfFunction)(prf & PrfMask), csbId, map!);
        return true;
    }

    public void Write(ref WireWriter writer, MikeyPayloadType first)
    {
        writer.WriteByte(Version);
        writer.WriteByte((byte)DataType);
        writer.WriteByte((byte)first);
        writer.WriteByte((byte)((IsResponseExpected ? ResponseFlag : 0) | (byte)Prf));
        writer.WriteUInt32(CsbId);
        writer.WriteByte(Map.SessionCount);
        writer.WriteByte((byte)Map.Type);
        Map.Write(ref writer);
    }
}
