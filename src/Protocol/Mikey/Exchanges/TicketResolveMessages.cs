using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey.Exchanges;

/// <summary>The two messages of Ticket Resolve with a PSK (RFC 6043 section 4.2.3).</summary>
internal static class TicketResolveMessages
{
    /// <summary>RESOLVE_INIT_PSK: HDR, T, RANDRr, IDRr, IDRkms, TICKET, IDRpsk, V. The MAC covers the message, Identity_r and Identity_kms.</summary>
    public static byte[] EncodeInit(
        MessageStamp stamp, ReadOnlyMemory<byte> randR, IdRolePayload responder, IdRolePayload kms, TicketPayload ticket, IdRolePayload pskName,
        ReadOnlySpan<byte> psk)
    {
        using var keys = ProtectionKeys.OfMessage(stamp.Suite, psk, LabelKind.InitialMessage, stamp.CsbId, default, randR.Span);
        var header = new MikeyHeader(MikeyDataType.ResolveInitPsk, IsResponseExpected: true, stamp.Suite.Prf(), stamp.CsbId, EmptyCsIdMap.Instance);
        MikeyPayload[] payloads =
        [
            new TimestampPayload(stamp.Timestamp), new RandRolePayload(RandRole.Responder, randR), responder, kms, ticket, pskName,
        ];
        return MikeyEncoder.EncodeProtected(header, payloads, stamp.Suite.Mac(), keys.Authentication.Span, responder.Data.Span, kms.Data.Span);
    }

    /// <summary>
    /// RESOLVE_RESP: HDR, T, IDRkms, KEMAC, [IDRr], [RANDRkms], V, with keys from the PSK and RANDRr of the request. The MAC covers the message and the
    /// complete request. RANDRkms is given if and only if keys are forked.
    /// </summary>
    public static byte[] EncodeResponse(
        MessageStamp stamp, ReadOnlySpan<byte> randR, IdRolePayload kms, IReadOnlyList<KeyDataPayload> keyData, IdRolePayload responder,
        RandRolePayload? randKms, ReadOnlySpan<byte> psk, ReadOnlySpan<byte> request)
    {
        using var keys = ProtectionKeys.OfMessage(stamp.Suite, psk, LabelKind.ResponseMessage, stamp.CsbId, default, randR);
        var header = new MikeyHeader(MikeyDataType.ResolveResp, IsResponseExpected: false, stamp.Suite.Prf(), stamp.CsbId, EmptyCsIdMap.Instance);
        var payloads = new List<MikeyPayload>(6)
        {
            new TimestampPayload(stamp.Timestamp), kms, KeyTransport.Seal(keys, stamp.CsbId, stamp.Timestamp, keyData), responder,
        };
        if (randKms is not null)
        {
            payloads.Add(randKms);
        }

        return MikeyEncoder.EncodeProtected(header, payloads, stamp.Suite.Mac(), keys.Authentication.Span, request, default);
    }
}
