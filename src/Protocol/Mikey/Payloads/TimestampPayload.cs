using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>T (RFC 3830 section 6.6).</summary>
internal sealed class TimestampPayload(MikeyTimestamp timestamp) : MikeyPayload
{
    public MikeyTimestamp Timestamp { get; } = timestamp;

    public override MikeyPayloadType Type => MikeyPayloadType.Timestamp;

    public override int BodyLength => 1 + Timestamp.Length;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        var isRead = MikeyTimestamp.TryRead(ref reader, "T", out var timestamp);
        payload = isRead ? new TimestampPayload(timestamp) : null;
        return isRead;
    }

    protected override void WriteBody(ref WireWriter writer) => Timestamp.Write(ref writer);
}
