using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>TP (RFC 6043 section 6.10): the policy an Initiator asks for.</summary>
internal sealed class TicketPolicyPayload(TicketPolicy policy) : MikeyPayload
{
    public TicketPolicy Policy { get; } = policy;

    public override MikeyPayloadType Type => MikeyPayloadType.TicketPolicy;

    public override int BodyLength => Policy.Bytes.Length;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        var isRead = TicketPolicy.TryRead(ref reader, out var policy);
        payload = isRead ? new TicketPolicyPayload(policy!) : null;
        return isRead;
    }

    protected override void WriteBody(ref WireWriter writer) => writer.WriteBytes(Policy.Bytes.Span);
}
