using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey.Exchanges;

/// <summary>The two messages of Ticket Request with a PSK (RFC 6043 section 4.2.1).</summary>
internal static class TicketRequestMessages
{
    /// <summary>REQUEST_INIT_PSK: HDR, T, RANDRi, IDRi, IDRkms, TP, IDRpsk, V. The MAC covers the message, Identity_i and Identity_kms.</summary>
    public static byte[] EncodeInit(
        MessageStamp stamp, ReadOnlyMemory<byte> randI, IdRolePayload initiator, IdRolePayload kms, TicketPolicy policy, IdRolePayload pskName,
        ReadOnlySpan<byte> psk)
    {
        using var keys = ProtectionKeys.OfMessage(stamp.Suite, psk, LabelKind.InitialMessage, stamp.CsbId, randI.Span, default);

        // Interpretation: RFC 6043 contradicts itself about the V flag; sections 4.2.1.1 and 4.2.3.1 are followed, receivers ignore it.
        var header = new MikeyHeader(MikeyDataType.RequestInitPsk, IsResponseExpected: true, stamp.Suite.Prf(), stamp.CsbId, EmptyCsIdMap.Instance);
        MikeyPayload[] payloads =
        [
            new TimestampPayload(stamp.Timestamp), new RandRolePayload(RandRole.Initiator, randI), initiator, kms, new TicketPolicyPayload(policy), pskName,
        ];
        return MikeyEncoder.EncodeProtected(header, payloads, stamp.Suite.Mac(), keys.Authentication.Span, initiator.Data.Span, kms.Data.Span);
    }

    /// <summary>
    /// REQUEST_RESP: HDR, T, IDRkms, TICKET, KEMAC, V, with keys from the PSK and RANDRi of the request. The MAC covers the message and the complete request.
    /// </summary>
    public static byte[] EncodeResponse(
        MessageStamp stamp, ReadOnlySpan<byte> randI, IdRolePayload kms, TicketPayload ticket, IReadOnlyList<KeyDataPayload> keyData,
        ReadOnlySpan<byte> psk, ReadOnlySpan<byte> request)
    {
        using var keys = ProtectionKeys.OfMessage(stamp.Suite, psk, LabelKind.ResponseMessage, stamp.CsbId, randI, default);
        var header = new MikeyHeader(MikeyDataType.RequestResp, IsResponseExpected: false, stamp.Suite.Prf(), stamp.CsbId, EmptyCsIdMap.Instance);
        MikeyPayload[] payloads =
        [
            new TimestampPayload(stamp.Timestamp), kms, ticket, KeyTransport.Seal(keys, stamp.CsbId, stamp.Timestamp, keyData),
        ];
        return MikeyEncoder.EncodeProtected(header, payloads, stamp.Suite.Mac(), keys.Authentication.Span, request, default);
    }
}
