using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>Payloads linked by their Next payload bytes: reading, measuring and writing such a chain.</summary>
internal static class PayloadChain
{
    /// <summary>Reads from a payload of type <paramref name="first"/> to the last one, which must end the reader.</summary>
    public static bool TryRead(ref MikeyReader reader, MikeyPayloadType first, string container, out List<MikeyPayload> payloads)
    {
        payloads = new List<MikeyPayload>(8);
        var type = first;
        while (type != MikeyPayloadType.Last)
        {
            var start = reader.Offset;
            if (payloads.Count == reader.Limits.MaxPayloads)
            {
                return reader.Fail(MikeyFault.LimitExceeded, container, start);
            }

            var next = MikeyPayloadType.Last;
            if (type != MikeyPayloadType.Signature)
            {
                if (!reader.TryReadByte("next payload", out var number))
                {
                    return false;
                }

                next = (MikeyPayloadType)number;
            }

            if (!TryReadBody(ref reader, type, start, out var payload))
            {
                return false;
            }

            payload!.Offset = start;
            payloads.Add(payload);
            type = next;
        }

        return reader.IsAtEnd || reader.Fail(MikeyFault.TrailingBytes, container, reader.Offset);
    }

    public static int EncodedLength(IReadOnlyList<MikeyPayload> payloads)
    {
        var length = 0;
        for (var i = 0; i < payloads.Count; i++)
        {
            length += payloads[i].EncodedLength;
        }

        return length;
    }

    public static MikeyPayloadType FirstType(IReadOnlyList<MikeyPayload> payloads) =>
        payloads.Count == 0 ? MikeyPayloadType.Last : payloads[0].Type;

    public static void Write(ref WireWriter writer, IReadOnlyList<MikeyPayload> payloads)
    {
        for (var i = 0; i < payloads.Count; i++)
        {
            payloads[i].Write(ref writer, i + 1 < payloads.Count ? payloads[i + 1].Type : MikeyPayloadType.Last);
        }
    }

    private static bool TryReadBody(ref MikeyReader reader, MikeyPayloadType type, int start, out MikeyPayload? payload)
    {
        payload = null;
        switch (type)
        {
            case MikeyPayloadType.Kemac:
                return KemacPayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.Pke:
                return PkePayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.DiffieHellman:
                return DiffieHellmanPayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.Signature:
                return SignaturePayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.Timestamp:
                return TimestampPayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.Id:
                return IdPayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.Certificate:
                return CertificatePayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.CertificateHash:
                return CertificateHashPayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.Verification:
                return VerificationPayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.SecurityPolicy:
                return SecurityPolicyPayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.Rand:
                return RandPayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.Error:
                return ErrorPayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.TimestampRole:
                return TimestampRolePayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.IdRole:
                return IdRolePayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.RandRole:
                return RandRolePayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.GeneralExtension:
                return GeneralExtensionPayload.TryRead(ref reader, out payload);

            // A ticket inside a ticket would make the depth of decoding depend on the peer.
            case MikeyPayloadType.TicketPolicy or MikeyPayloadType.Ticket when reader.IsNested:
                return reader.Fail(MikeyFault.MisplacedPayload, "next payload", start);
            case MikeyPayloadType.TicketPolicy:
                return TicketPolicyPayload.TryRead(ref reader, out payload);
            case MikeyPayloadType.Ticket:
                return TicketPayload.TryRead(ref reader, out payload);

            // Key data are a sub-payload of KEMAC and of nothing else (RFC 3830 section 6.13).
            case MikeyPayloadType.KeyData:
                return reader.Fail(MikeyFault.MisplacedPayload, "next payload", start);
            default:
                return reader.Fail(MikeyFault.UnknownPayload, "next payload", start);
        }
    }
}
