using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>RANDR: a random value with the role of who made it (RFC 6043 section 6.8).</summary>
internal sealed class RandRolePayload(RandRole role, ReadOnlyMemory<byte> rand) : MikeyPayload
{
    public RandRole Role { get; } = role;

    public ReadOnlyMemory<byte> Rand { get; } = rand;

    public override MikeyPayloadType Type => MikeyPayloadType.RandRole;

    public override int BodyLength => 2 + Rand.Length;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        if (!reader.TryReadByte("RANDR.RAND role", out var role) || !reader.TryReadBytesWithLength8("RANDR.RAND", out var rand))
        {
            return false;
        }

        payload = new RandRolePayload((RandRole)role, rand);
        return true;
    }

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteByte((byte)Role);
        writer.WriteBytesWithLength8(Rand.Span);
    }
}
