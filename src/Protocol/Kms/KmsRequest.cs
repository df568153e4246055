using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Exchanges;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Kms;

/// <summary>
/// What REQUEST_INIT_PSK and RESOLVE_INIT_PSK have in common, read but not yet authenticated: who asks (IDRi or IDRr, and IDRpsk), whom (IDRkms), and the
/// RAND that enters the keys.
/// </summary>
internal sealed class KmsRequest
{
    private readonly VerificationPayload _verification;

    private KmsRequest(MikeyMessage message, MessageStamp stamp, RandRolePayload rand, VerificationPayload verification)
    {
        _verification = verification;
        Message = message;
        Stamp = stamp;
        Rand = rand;
    }

    public MikeyMessage Message { get; }

    public MessageStamp Stamp { get; }

    /// <summary>RANDRi of a request of a ticket, RANDRr of its resolution.</summary>
    public RandRolePayload Rand { get; }

    /// <summary>IDRi or IDRr; null if left out.</summary>
    public IdRolePayload? Requester { get; private init; }

    /// <summary>IDRkms; null if left out.</summary>
    public IdRolePayload? Kms { get; private init; }

    /// <summary>IDRpsk; null if left out.</summary>
    public IdRolePayload? PskName { get; private init; }

    public ReadOnlySpan<byte> RandI => Rand.Role == RandRole.Initiator ? Rand.Rand.Span : default;

    public ReadOnlySpan<byte> RandR => Rand.Role == RandRole.Responder ? Rand.Rand.Span : default;

    /// <summary>The identity that the PSK belongs to: IDRpsk, or where it is left out the identity of who asks.</summary>
    public ReadOnlyMemory<byte> PskIdentity => (PskName ?? Requester!).Data;

    /// <summary>The identity that asks.</summary>
    public ReadOnlyMemory<byte> RequesterIdentity => (Requester ?? PskName!).Data;

    public static bool TryRead(ReadOnlyMemory<byte> bytes, out KmsRequest? request, out MikeyFailure failure)
    {
        request = null;
        if (!MikeyDecoder.TryDecode(bytes, MikeyLimits.Default, out var message, out failure))
        {
            return false;
        }

        // Responses and Errors get no answer, nor do the public-key forms: nothing here could authenticate one.
        if (message!.Header.DataType is not (MikeyDataType.RequestInitPsk or MikeyDataType.ResolveInitPsk))
        {
            return MikeyFailure.Set(out failure, MikeyFault.BadDataType, "HDR.data type", 1);
        }

        if (message.Header.Map is not EmptyCsIdMap { SessionCount: 0 })
        {
            return MikeyFailure.Set(out failure, MikeyFault.BadMap, "HDR.CS ID map type", 8);
        }

        var isForTicket = message.Header.DataType == MikeyDataType.RequestInitPsk;
        var payloads = message.Payloads;
        if (!PayloadQueries.TryFindOne<TimestampPayload>(payloads, "T", out var timestamp, out failure)
            || !PayloadQueries.TryFindRand(payloads, isForTicket ? RandRole.Initiator : RandRole.Responder, "RANDR", out var rand, out failure)
            || !PayloadQueries.TryFindVerification(payloads, "V", out var verification, out failure)
            || !PayloadQueries.TryFindId(payloads, isForTicket ? IdRole.Initiator : IdRole.Responder, "IDR", out var requester, out failure)
            || !PayloadQueries.TryFindId(payloads, IdRole.Kms, "IDRkms", out var kms, out failure)
            || !PayloadQueries.TryFindId(payloads, IdRole.PreSharedKey, "IDRpsk", out var pskName, out failure))
        {
            return false;
        }

        if (rand is null || (requester is null && pskName is null))
        {
            return MikeyFailure.Set(out failure, MikeyFault.MissingPayload, rand is null ? "RANDR" : "IDR");
        }

        if (!MikeySuites.TryFind(message.Header.Prf, verification!.Algorithm, out var suite))
        {
            return MikeyFailure.Set(out failure, MikeyFault.UnsupportedAlgorithm, "V.Auth alg", verification.Offset + 1);
        }

        var stamp = new MessageStamp(suite, message.Header.CsbId, timestamp!.Timestamp);
        request = new KmsRequest(message, stamp, rand, verification) { Requester = requester, Kms = kms, PskName = pskName };
        return true;
    }

    /// <summary>The MAC covers the message, the identity of who asks, and that of the KMS; an identity that was left out is the one both sides know.</summary>
    public bool IsAuthentic(ReadOnlySpan<byte> psk, ReadOnlySpan<byte> kmsIdentity)
    {
        Span<byte> key = stackalloc byte[MikeyMac.MaxBytes];
        var length = DeriveAuthentication(psk, key);
        var kms = Kms is { } named ? named.Data.Span : kmsIdentity;
        var input = new MacInput(Message.Bytes.Span[.._verification.MacOffset], RequesterIdentity.Span, kms);
        return MikeyMac.Verify(_verification.Algorithm, key[..length], input, _verification.Mac.Span);
    }

    /// <summary>auth_key of this message, which also protects an Error message about it.</summary>
    public int DeriveAuthentication(ReadOnlySpan<byte> psk, Span<byte> key) =>
        ProtectionKeys.DeriveAuthentication(Stamp.Suite, psk, LabelKind.InitialMessage, Stamp.CsbId, RandI, RandR, key);
}
