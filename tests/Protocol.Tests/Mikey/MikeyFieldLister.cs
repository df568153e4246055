using System.Buffers.Binary;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Tests.Mikey;

/// <summary>
/// Walks a decoded TRANSFER_INIT and lists its fields as the vectors do: offset, length, name, hex. Offsets are counted here from the lengths of the decoded
/// values, and the bytes come from the values where these hold them, so a value in the wrong place shows.
/// </summary>
internal sealed class MikeyFieldLister
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly List<string> _fields = [];
    private int _offset;

    private MikeyFieldLister(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
    }

    public static IReadOnlyList<string> List(MikeyMessage message)
    {
        var lister = new MikeyFieldLister(message.Bytes);
        lister.AddHeader(message);
        lister.AddChain(message.Payloads, string.Empty);
        return lister._fields;
    }

    private void AddHeader(MikeyMessage message)
    {
        var header = message.Header;
        AddByte("HDR.version", MikeyHeader.Version);
        AddByte("HDR.data type", (byte)header.DataType);
        AddByte("HDR.next payload", (byte)message.Payloads[0].Type);
        AddByte("HDR.V + PRF func", (byte)((header.IsResponseExpected ? 0x80 : 0) | (byte)header.Prf));
        AddUInt32("HDR.CSB ID", header.CsbId);
        AddByte("HDR.#CS", header.Map.SessionCount);
        AddByte("HDR.CS ID map type", (byte)header.Map.Type);
        if (header.Map is not GenericIdMap map)
        {
            return;
        }

        foreach (var session in map.Sessions)
        {
            AddByte("HDR.map CS ID", session.CsId);
            AddByte("HDR.map Prot type", (byte)session.Protocol);
            AddByte("HDR.map S + #P", (byte)((session.HasSessionCounters ? 0x80 : 0) | session.Policies.Length));
            AddBytes("HDR.map Ps", session.Policies);
            AddUInt16("HDR.map Session Data Length", session.SessionData.Length);
            AddBytes("HDR.map Session Data", session.SessionData);
            AddByte("HDR.map SPI Length", (byte)session.Spi.Length);
            AddBytes("HDR.map SPI", session.Spi);
        }
    }

    private void AddChain(IReadOnlyList<MikeyPayload> payloads, string prefix)
    {
        for (var i = 0; i < payloads.Count; i++)
        {
            AddPayload(payloads[i], prefix, (byte)(i + 1 < payloads.Count ? payloads[i + 1].Type : MikeyPayloadType.Last));
        }
    }

    private void AddPayload(MikeyPayload payload, string prefix, byte next)
    {
        switch (payload)
        {
            case TimestampPayload t:
                AddByte(prefix + "T.next payload", next);
                AddTimestamp(prefix + "T", t.Timestamp);
                break;
            case TimestampRolePayload tr:
                AddByte(prefix + "TR.next payload", next);
                AddByte(prefix + "TR.TS role", (byte)tr.Role);
                AddTimestamp(prefix + "TR", tr.Timestamp);
                break;
            case RandPayload rand:
                AddByte(prefix + "RAND.next payload", next);
                AddByte(prefix + "RAND.RAND length", (byte)rand.Rand.Length);
                AddBytes(prefix + "RAND.RAND", rand.Rand);
                break;
            case RandRolePayload rand:
                AddByte(prefix + "RANDR.next payload", next);
                AddByte(prefix + "RANDR.RAND role", (byte)rand.Role);
                AddByte(prefix + "RANDR.RAND length", (byte)rand.Rand.Length);
                AddBytes(prefix + "RANDR.RAND", rand.Rand);
                break;
            case IdRolePayload id:
                AddByte(prefix + "IDR.next payload", next);
                AddByte(prefix + "IDR.ID role", (byte)id.Role);
                AddByte(prefix + "IDR.ID type", (byte)id.IdType);
                AddUInt16(prefix + "IDR.ID len", id.Data.Length);
                AddBytes(prefix + "IDR.ID data", id.Data);
                break;
            case SecurityPolicyPayload policy:
                AddByte(prefix + "SP.next payload", next);
                AddByte(prefix + "SP.Policy no", policy.PolicyNumber);
                AddByte(prefix + "SP.Prot type", (byte)policy.Protocol);
                AddUInt16(prefix + "SP.Policy param length", policy.BodyLength - 4);
                break;
            case KemacPayload kemac:
                AddByte(prefix + "KEMAC.next payload", next);
                AddByte(prefix + "KEMAC.Encr alg", (byte)kemac.Encryption);
                AddUInt16(prefix + "KEMAC.Encr data len", kemac.EncryptedData.Length);
                AddBytes(prefix + "KEMAC.Encr data", kemac.EncryptedData);
                AddByte(prefix + "KEMAC.MAC alg", (byte)kemac.MacAlgorithm);
                break;
            case VerificationPayload verification:
                AddByte(prefix + "V.next payload", next);
                AddByte(prefix + "V.Auth alg", (byte)verification.Algorithm);
                AddBytes(prefix + "V.Ver data (MAC)", verification.Mac);
                break;
            case TicketPayload ticket:
                AddTicket(ticket, next);
                break;
            default:
                throw new InvalidOperationException(payload.Type.ToString());
        }
    }

    private void AddTicket(TicketPayload ticket, byte next)
    {
        var policy = ticket.Policy;
        var flags = (int)policy.Flags;
        AddByte("TICKET.next payload", next);
        AddUInt16("TICKET.Ticket Type", policy.TicketType);
        AddByte("TICKET.Subtype", policy.Subtype);
        AddByte("TICKET.Version", policy.Version);
        AddByte("TICKET.PRF func(7) + D", (byte)(((byte)policy.Prf << 1) | (flags >> 16)));
        AddByte("TICKET.E F G H I J K L", (byte)(flags >> 8));
        AddByte("TICKET.M N O + Res(5)", (byte)flags);
        AddUInt16("TICKET.TP Data length", policy.Data.Length);
        AddByte("TICKET.TP Data.First Payload", (byte)policy.Payloads[0].Type);
        AddChain(policy.Payloads, "TICKET.TP Data.");
        AddUInt16("TICKET.Ticket Data length", ticket.TicketData.Length);
        AddTicketData(ticket);
        AddUInt16("TICKET.Initiator Data length", ticket.InitiatorData.Length);
        if (ticket.InitiatorData.IsEmpty)
        {
            return;
        }

        if (!InitiatorData.TryRead(ticket.InitiatorData, out var data, out var failure))
        {
            throw new InvalidOperationException(failure.ToString());
        }

        AddByte("TICKET.Initiator Data.First Payload", (byte)MikeyPayloadType.Verification);
        AddPayload(new VerificationPayload(data!.Algorithm, data.InitiatorMac), "TICKET.Initiator Data.", (byte)MikeyPayloadType.Verification);
        AddPayload(new VerificationPayload(data.Algorithm, data.ResponderMac), "TICKET.Initiator Data.", (byte)MikeyPayloadType.Last);
    }

    private void AddTicketData(TicketPayload ticket)
    {
        if (!BaseTicketData.TryRead(ticket.TicketData, MikeyLimits.Default, out var data, out var failure))
        {
            throw new InvalidOperationException(failure.ToString());
        }

        AddByte("TICKET.Ticket Data.THDR.next payload", (byte)MikeyPayloadType.Timestamp);
        AddUInt16("TICKET.Ticket Data.THDR.THDR Data length", data!.Header.Length);
        AddChain(
            [new TimestampPayload(data.Issued), new RandPayload(data.Rand), data.Keys, data.KeyName!, data.Verification],
            "TICKET.Ticket Data.");
    }

    private void AddTimestamp(string prefix, MikeyTimestamp timestamp)
    {
        AddByte(prefix + ".TS type", (byte)timestamp.Type);
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(value, timestamp.Value);
        Add(prefix + ".TS value", value[(8 - timestamp.Length)..]);
    }

    private void AddByte(string name, byte value) => Add(name, [value]);

    private void AddUInt16(string name, int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)value));
        Add(name, bytes);
    }

    private void AddUInt32(string name, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Add(name, bytes);
    }

    private void AddBytes(string name, ReadOnlyMemory<byte> value)
    {
        if (!value.IsEmpty)
        {
            Add(name, value.Span);
        }
    }

    private void Add(string name, ReadOnlySpan<byte> value)
    {
        if (!_bytes.Span.Slice(_offset, value.Length).SequenceEqual(value))
        {
            throw new InvalidOperationException($"{name} is not at {_offset}.");
        }

        _fields.Add($"{_offset} {value.Length} {name} {MikeyVectors.Hex(value)}");
        _offset += value.Length;
    }
}
