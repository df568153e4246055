using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>ID (RFC 3830 section 6.7).</summary>
internal sealed class IdPayload(IdType idType, ReadOnlyMemory<byte> data) : MikeyPayload
{
    public IdType IdType { get; } = idType;

    public ReadOnlyMemory<byte> Data { get; } = data;

    public override MikeyPayloadType Type => MikeyPayloadType.Id;

    public override int BodyLength => 3 + Data.Length;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        if (!reader.TryReadByte("ID.ID type", out var idType) || !TryReadData(ref reader, "ID.ID data", out var data))
        {
            return false;
        }

        payload = new IdPayload((IdType)idType, data);
        return true;
    }

    /// <summary>Length and data of an identity, within the limit of the decoder.</summary>
    public static bool TryReadData(ref MikeyReader reader, string field, out ReadOnlyMemory<byte> data)
    {
        var start = reader.Offset;
        return reader.TryReadBytesWithLength16(field, out data)
            && (data.Length <= reader.Limits.MaxIdentityBytes || reader.Fail(MikeyFault.LimitExceeded, field, start));
    }

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteByte((byte)IdType);
        writer.WriteBytesWithLength16(Data.Span);
    }
}
