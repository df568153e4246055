using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>TR: a timestamp with a role (RFC 6043 section 6.4).</summary>
internal sealed class TimestampRolePayload(TimestampRole role, MikeyTimestamp timestamp) : MikeyPayload
{
    public TimestampRole Role { get; } = role;

    public MikeyTimestamp Timestamp { get; } = timestamp;

    public override MikeyPayloadType Type => MikeyPayloadType.TimestampRole;

    public override int BodyLength => 2 + Timestamp.Length;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        if (!reader.TryReadByte("TR.TS role", out var role) || !MikeyTimestamp.TryRead(ref reader, "TR", out var timestamp))
        {
            return false;
        }

        payload = new TimestampRolePayload((TimestampRole)role, timestamp);
        return true;
    }

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteByte((byte)Role);
        Timestamp.Write(ref writer);
    }
}
