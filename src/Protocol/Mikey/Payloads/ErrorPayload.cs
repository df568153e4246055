using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>ERR (RFC 3830 section 6.12).</summary>
internal sealed class ErrorPayload(MikeyErrorNumber number, ushort reserved = 0) : MikeyPayload
{
    public MikeyErrorNumber Number { get; } = number;

    /// <summary>Sent as 0, ignored on receipt.</summary>
    public ushort Reserved { get; } = reserved;

    public override MikeyPayloadType Type => MikeyPayloadType.Error;

    public override int BodyLength => 3;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        if (!reader.TryReadByte("ERR.Error no", out var number) || !reader.TryReadUInt16("ERR.Reserved", out var reserved))
        {
            return false;
        }

        payload = new ErrorPayload((MikeyErrorNumber)number, reserved);
        return true;
    }

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteByte((byte)Number);
        writer.WriteUInt16(Reserved);
    }
}
