using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>TICKET (RFC 6043 section 6.10): policy, Ticket Data for who resolves it, and what the Initiator adds per message.</summary>
internal sealed class TicketPayload : MikeyPayload
{
    public TicketPayload(TicketPolicy policy, ReadOnlyMemory<byte> ticketData, ReadOnlyMemory<byte> initiatorData = default)
    {
        var core = new byte[policy.Bytes.Length + sizeof(ushort) + ticketData.Length];
        var writer = new WireWriter(core);
        writer.WriteBytes(policy.Bytes.Span);
        writer.WriteBytesWithLength16(ticketData.Span);
        Policy = policy;
        Core = core;
        TicketData = ticketData;
        InitiatorData = initiatorData;
    }

    private TicketPayload(TicketPolicy policy, ReadOnlyMemory<byte> core, ReadOnlyMemory<byte> ticketData, ReadOnlyMemory<byte> initiatorData)
    {
        Policy = policy;
        Core = core;
        TicketData = ticketData;
        InitiatorData = initiatorData;
    }

    public TicketPolicy Policy { get; }

    /// <summary>From Ticket Type to the end of Ticket Data: what stays the same whenever the ticket is used.</summary>
    public ReadOnlyMemory<byte> Core { get; }

    public ReadOnlyMemory<byte> TicketData { get; }

    /// <summary>Empty unless key forking is used.</summary>
    public ReadOnlyMemory<byte> InitiatorData { get; }

    public override MikeyPayloadType Type => MikeyPayloadType.Ticket;

    public override int BodyLength => Core.Length + sizeof(ushort) + InitiatorData.Length;

    /// <summary>Where the Initiator Data length begins in the message the ticket was decoded from; the MAC of TRANSFER_INIT leaves out from here.</summary>
    public int InitiatorDataLengthOffset => Offset + 1 + Core.Length;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        var ahead = reader;
        if (!TicketPolicy.TryRead(ref reader, out var policy)
            || !reader.TryReadBytesWithLength16("TICKET.Ticket Data", out var ticketData)
            || !reader.TryReadBytesWithLength16("TICKET.Initiator Data", out var initiatorData))
        {
            return false;
        }

        _ = ahead.TryReadBytes("TICKET", policy!.Bytes.Length + sizeof(ushort) + ticketData.Length, out var core);
        payload = new TicketPayload(policy, core, ticketData, initiatorData);
        return true;
    }

    public TicketPayload WithInitiatorData(ReadOnlyMemory<byte> initiatorData) => new(Policy, Core, TicketData, initiatorData);

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteBytes(Core.Span);
        writer.WriteBytesWithLength16(InitiatorData.Span);
    }
}
