using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>General Extension (RFC 3830 section 6.15); may stand in any message, inside what the MAC covers.</summary>
internal sealed class GeneralExtensionPayload(ExtensionType extensionType, ReadOnlyMemory<byte> data) : MikeyPayload
{
    public ExtensionType ExtensionType { get; } = extensionType;

    public ReadOnlyMemory<byte> Data { get; } = data;

    public override MikeyPayloadType Type => MikeyPayloadType.GeneralExtension;

    public override int BodyLength => 3 + Data.Length;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        if (!reader.TryReadByte("General Extension.Type", out var type)
            || !reader.TryReadBytesWithLength16("General Extension.Data", out var data))
        {
            return false;
        }

        payload = new GeneralExtensionPayload((ExtensionType)type, data);
        return true;
    }

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteByte((byte)ExtensionType);
        writer.WriteBytesWithLength16(Data.Span);
    }
}
