using System.Buffers.Binary;
using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>What TP and TICKET share (RFC 6043 section 6.10): type, PRF, flags and TP Data. Keeps the bytes, because the ticket's MAC covers them.</summary>
internal sealed class TicketPolicy
{
    /// <summary>Ticket type of the MIKEY base ticket.</summary>
    public const ushort BaseTicketType = 1;

    /// <summary>Subtype and version of the MIKEY base ticket of RFC 6043.</summary>
    public const byte BaseTicketSubtype = 1;

    public const byte BaseTicketVersion = 1;

    private const int FixedLength = 9;

    private TicketPolicy(ReadOnlyMemory<byte> bytes, IReadOnlyList<MikeyPayload> payloads)
    {
        Bytes = bytes;
        Payloads = payloads;
        var span = bytes.Span;
        TicketType = BinaryPrimitives.ReadUInt16BigEndian(span);
        Subtype = span[2];
        Version = span[3];
        Prf = (PrfFunction)(span[4] >> 1);
        Flags = (TicketFlags)(((span[4] & 1) << 16) | (span[5] << 8) | span[6]);
    }

    public ushort TicketType { get; }

    public byte Subtype { get; }

    public byte Version { get; }

    public PrfFunction Prf { get; }

    public TicketFlags Flags { get; }

    /// <summary>The payloads inside TP Data.</summary>
    public IReadOnlyList<MikeyPayload> Payloads { get; }

    /// <summary>From Ticket Type to the end of TP Data.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>TP Data alone: the type of the first payload, then the payloads.</summary>
    public ReadOnlyMemory<byte> Data => Bytes[FixedLength..];

    public bool IsBaseTicket => TicketType == BaseTicketType && Subtype == BaseTicketSubtype && Version == BaseTicketVersion;

    /// <summary>A policy for a base ticket.</summary>
    public static TicketPolicy Create(PrfFunction prf, TicketFlags flags, IReadOnlyList<MikeyPayload> payloads) =>
        Create(BaseTicketType, BaseTicketSubtype, BaseTicketVersion, prf, flags, payloads);

    public static TicketPolicy Create(
        ushort ticketType, byte subtype, byte version, PrfFunction prf, TicketFlags flags, IReadOnlyList<MikeyPayload> payloads)
    {
        var dataLength = 1 + PayloadChain.EncodedLength(payloads);
        var bytes = new byte[FixedLength + dataLength];
        var writer = new WireWriter(bytes);
        writer.WriteUInt16(ticketType);
        writer.WriteByte(subtype);
        writer.WriteByte(version);
        writer.WriteByte((byte)(((byte)prf << 1) | (((int)flags >> 16) & 1)));
        writer.WriteByte((byte)((int)flags >> 8));
        writer.WriteByte((byte)flags);
        writer.WriteUInt16(checked((ushort)dataLength));
        writer.WriteByte((byte)PayloadChain.FirstType(payloads));
        PayloadChain.Write(ref writer, payloads);
        return new TicketPolicy(bytes, payloads);
    }

    public static bool TryRead(ref MikeyReader reader, out TicketPolicy? policy)
    {
        policy = null;
        var ahead = reader;
        if (!reader.TryReadBytes("TP", FixedLength - sizeof(ushort), out _) || !reader.TryReadUInt16("TP Data length", out var length))
        {
            return false;
        }

        if (!reader.TrySlice("TP Data", length, out var inner))
        {
            return false;
        }

        if (!inner.TryReadByte("TP Data.First payload", out var first)
            || !PayloadChain.TryRead(ref inner, (MikeyPayloadType)first, "TP Data", out var payloads))
        {
            return reader.FailLike(inner);
        }

        _ = ahead.TryReadBytes("TP", FixedLength + length, out var bytes);
        policy = new TicketPolicy(bytes, payloads);
        return true;
    }

    /// <summary>The IDRr that names this identity; null: it is not authorised.</summary>
    public IdRolePayload? FindResponder(IdType type, ReadOnlySpan<byte> identity)
    {
        for (var i = 0; i < Payloads.Count; i++)
        {
            if (Payloads[i] is IdRolePayload { Role: IdRole.Responder } candidate
                && candidate.IdType == type
                && candidate.Data.Span.SequenceEqual(identity))
            {
                return candidate;
            }
        }

        return null;
    }
}
