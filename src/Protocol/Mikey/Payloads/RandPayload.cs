using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>RAND (RFC 3830 section 6.11); in MIKEY-TICKET only inside the base ticket.</summary>
internal sealed class RandPayload(ReadOnlyMemory<byte> rand) : MikeyPayload
{
    public ReadOnlyMemory<byte> Rand { get; } = rand;

    public override MikeyPayloadType Type => MikeyPayloadType.Rand;

    public override int BodyLength => 1 + Rand.Length;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        var isRead = reader.TryReadBytesWithLength8("RAND", out var rand);
        payload = isRead ? new RandPayload(rand) : null;
        return isRead;
    }

    protected override void WriteBody(ref WireWriter writer) => writer.WriteBytesWithLength8(Rand.Span);
}
