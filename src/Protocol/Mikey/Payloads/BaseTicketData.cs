using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>Ticket Data of the MIKEY base ticket: THDR, T, RAND, KEMAC, [IDRpsk], V (RFC 6043 appendix A). THDR has no payload number; it is implied.</summary>
internal sealed class BaseTicketData(
    ReadOnlyMemory<byte> header, MikeyTimestamp issued, ReadOnlyMemory<byte> rand, KemacPayload keys, IdRolePayload? keyName, VerificationPayload verification)
{
    /// <summary>THDR Data: specific to an implementation, usually empty.</summary>
    public ReadOnlyMemory<byte> Header { get; } = header;

    public MikeyTimestamp Issued { get; } = issued;

    public ReadOnlyMemory<byte> Rand { get; } = rand;

    public KemacPayload Keys { get; } = keys;

    /// <summary>IDRpsk: names the TPK.</summary>
    public IdRolePayload? KeyName { get; } = keyName;

    public VerificationPayload Verification { get; } = verification;

    public static bool TryRead(ReadOnlyMemory<byte> bytes, MikeyLimits limits, out BaseTicketData? data, out MikeyFailure failure)
    {
        data = null;
        var outer = new MikeyReader(bytes, limits);
        _ = outer.TrySlice("Ticket Data", bytes.Length, out var reader);
        if (!reader.TryReadByte("THDR.next payload", out var next)
            || !reader.TryReadBytesWithLength16("THDR.THDR Data", out var header)
            || !PayloadChain.TryRead(ref reader, (MikeyPayloadType)next, "Ticket Data", out var payloads))
        {
            failure = reader.Failure;
            return false;
        }

        if (!PayloadQueries.TryFindOne<TimestampPayload>(payloads, "Ticket Data.T", out var timestamp, out failure)
            || !PayloadQueries.TryFindOne<RandPayload>(payloads, "Ticket Data.RAND", out var rand, out failure)
            || !PayloadQueries.TryFindOne<KemacPayload>(payloads, "Ticket Data.KEMAC", out var keys, out failure)
            || !PayloadQueries.TryFindId(payloads, IdRole.PreSharedKey, "Ticket Data.IDRpsk", out var keyName, out failure)
            || !PayloadQueries.TryFindVerification(payloads, "Ticket Data.V", out var verification, out failure))
        {
            return false;
        }

        data = new BaseTicketData(header, timestamp!.Timestamp, rand!.Rand, keys!, keyName, verification!);
        return true;
    }

    public byte[] Encode()
    {
        MikeyPayload[] payloads = KeyName is null
            ? [new TimestampPayload(Issued), new RandPayload(Rand), Keys, Verification]
            : [new TimestampPayload(Issued), new RandPayload(Rand), Keys, KeyName, Verification];
        var bytes = new byte[3 + Header.Length + PayloadChain.EncodedLength(payloads)];
        var writer = new WireWriter(bytes);
        writer.WriteByte((byte)PayloadChain.FirstType(payloads));
        writer.WriteBytesWithLength16(Header.Span);
        PayloadChain.Write(ref writer, payloads);
        return bytes;
    }
}
