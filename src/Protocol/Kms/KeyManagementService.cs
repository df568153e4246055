using System.Security.Cryptography;
using System.Text;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Exchanges;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Kms;

/// <summary>
/// Issues mode 1 base tickets and resolves them (RFC 6043 sections 4.2.1 and 4.2.3, appendix A). Keeps no state: all keys follow from the master secret, all
/// else stands in the tickets. Thread-safe if its random source is.
/// </summary>
public sealed class KeyManagementService
{
    private const int MinMasterSecretBytes = 16;

    private readonly KmsSettings _settings;
    private readonly IRandomSource _random;
    private readonly byte[] _identity;

    /// <exception cref="ArgumentException">The master secret is shorter than 16 bytes, the identity is empty, or a duration is not positive.</exception>
    public KeyManagementService(KmsSettings settings, IRandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.MasterSecret.Length, MinMasterSecretBytes, nameof(settings));
        ArgumentException.ThrowIfNullOrEmpty(settings.Identity, nameof(settings));
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.MaxTicketLifetime, TimeSpan.FromSeconds(1), nameof(settings));
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.ResolveGrace, TimeSpan.Zero, nameof(settings));
        _settings = settings;
        _random = random;
        _identity = Encoding.UTF8.GetBytes(settings.Identity);
    }

    /// <summary>The PSK that the identity (a SIP URI) shares with the KMS of this master secret: 16 or 32 bytes.</summary>
    public static byte[] DerivePsk(ReadOnlySpan<byte> masterSecret, string identity, MikeySuite suite) =>
        KmsKeyRing.DerivePsk(masterSecret, Encoding.UTF8.GetBytes(identity), suite);

    /// <summary>REQUEST_RESP, RESOLVE_RESP or an Error message. Null: discard silently.</summary>
    public byte[]? Handle(ReadOnlyMemory<byte> message, DateTimeOffset utcNow) => Process(message, utcNow).Message;

    /// <summary>The same with the outcome, for counters.</summary>
    public KmsReply Process(ReadOnlyMemory<byte> message, DateTimeOffset utcNow)
    {
        if (!KmsRequest.TryRead(message, out var request, out var failure))
        {
            return new KmsReply(KmsOutcome.Malformed, null, failure);
        }

        var psk = KmsKeyRing.DerivePsk(_settings.MasterSecret.Span, request!.PskIdentity.Span, request.Stamp.Suite);
        try
        {
            if (!request.IsAuthentic(psk, _identity))
            {
                return new KmsReply(KmsOutcome.Unauthenticated, null, new MikeyFailure(MikeyFault.MacMismatch, "V", MikeyFailure.NoOffset));
            }

            return Answer(request, psk, utcNow, out var refusal) ?? Refuse(request, psk, refusal, utcNow);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(psk);
        }
    }

    private static MikeyTimestamp Now(DateTimeOffset utcNow) => MikeyTimestamp.FromNtp(NtpTimestamp.FromUtc(utcNow));

    /// <summary>Null: refused.</summary>
    private KmsReply? Answer(KmsRequest request, byte[] psk, DateTimeOffset utcNow, out KmsRefusal refusal)
    {
        if (!TryCheckParties(request, utcNow, out refusal))
        {
            return null;
        }

        return request.Message.Header.DataType == MikeyDataType.RequestInitPsk
            ? Issue(request, psk, utcNow, out refusal)
            : Resolve(request, psk, utcNow, out refusal);
    }

    private static KmsReply Refuse(KmsRequest request, byte[] psk, KmsRefusal refusal, DateTimeOffset utcNow)
    {
        Span<byte> key = stackalloc byte[MikeyMac.MaxBytes];
        var length = request.DeriveAuthentication(psk, key);
        var message = ErrorMessages.Encode(request.Stamp with { Timestamp = Now(utcNow) }, refusal.Number, key[..length]);
        return new KmsReply(KmsOutcome.Refused, message, refusal.Failure);
    }

    /// <summary>Who asks is who the PSK belongs to, asks this KMS, uses a clock time, and a RAND as long as the keys.</summary>
    private bool TryCheckParties(KmsRequest request, DateTimeOffset utcNow, out KmsRefusal refusal)
    {
        refusal = default;
        if (!request.RequesterIdentity.Span.SequenceEqual(request.PskIdentity.Span))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidId, MikeyFault.NotAuthorised, "IDRpsk");
        }

        if (request.Kms is { } kms && !kms.Data.Span.SequenceEqual(_identity))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidId, MikeyFault.IdentityMismatch, "IDRkms", kms.Offset);
        }

        if (!request.Stamp.Timestamp.TryGetNtp(out var timestamp))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTimestamp, MikeyFault.BadTimestampType, "T");
        }

        if (_settings.MaxClockSkew is { } skew && (timestamp.ToUtc() - utcNow).Duration() > skew)
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTimestamp, MikeyFault.Expired, "T");
        }

        return request.Rand.Rand.Length >= request.Stamp.Suite.KeyBytes()
            || KmsRefusal.Set(out refusal, MikeyErrorNumber.Unspecified, MikeyFault.BadLength, "RANDR", request.Rand.Offset);
    }

    private KmsReply? Issue(KmsRequest request, byte[] psk, DateTimeOffset utcNow, out KmsRefusal refusal)
    {
        var suite = request.Stamp.Suite;
        if (!PayloadQueries.TryFindOne<TicketPolicyPayload>(request.Message.Payloads, "TP", out var requested, out var failure))
        {
            KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicketPolicy, failure);
            return null;
        }

        if (!TicketGrant.TryDecide(requested!.Policy, request.RequesterIdentity, suite, _settings, utcNow, _random, out var grant, out refusal))
        {
            return null;
        }

        var material = TicketMaterial.Create(grant!.WantedKeys, suite, _random);
        var name = KmsKeyRing.TpkName(utcNow);
        var tpk = KmsKeyRing.DeriveTpk(_settings.MasterSecret.Span, name, suite);
        try
        {
            var keyName = new IdRolePayload(IdRole.PreSharedKey, IdType.ByteString, name);
            var stamp = request.Stamp with { Timestamp = Now(utcNow) };
            var ticket = BaseTicket.Seal(grant.Policy, suite, tpk, keyName, stamp.Timestamp, material.Rand, material.TicketKeyData);
            using var keys = material.Unforked(suite.Prf(), grant.Policy.Flags);
            var kms = IdRolePayload.Uri(IdRole.Kms, _settings.Identity);
            var message = TicketRequestMessages.EncodeResponse(stamp, request.RandI, kms, ticket, keys.KeyData, psk, request.Message.Bytes.Span);
            var isChanged = grant.Policy.Flags.Has(TicketFlags.Changed);
            return new KmsReply(isChanged ? KmsOutcome.IssuedChanged : KmsOutcome.Issued, message, default);
        }
        finally
        {
            material.Dispose();
            CryptographicOperations.ZeroMemory(tpk);
        }
    }

    private KmsReply? Resolve(KmsRequest request, byte[] psk, DateTimeOffset utcNow, out KmsRefusal refusal)
    {
        if (!TryOpenTicket(request, out var ticket, out var material, out refusal))
        {
            return null;
        }

        using (material)
        {
            var policy = ticket!.Policy;
            if (!TryAuthoriseResponder(request, policy, utcNow, out var responder, out refusal)
                || !TryCheckInitiatorData(ticket, material!, request.Stamp.Suite, out refusal))
            {
                return null;
            }

            var isForked = policy.Flags.Has(TicketFlags.Forking);
            var randKms = isForked ? MakeRandKms(request.Stamp.Suite) : null;
            using var keys = isForked
                ? material!.Forked(policy.Prf, responder!.Data.Span, randKms!.Rand.Span)
                : material!.Unforked(policy.Prf, policy.Flags);
            var stamp = request.Stamp with { Timestamp = Now(utcNow) };
            var kms = IdRolePayload.Uri(IdRole.Kms, _settings.Identity);
            var message = TicketResolveMessages.EncodeResponse(
                stamp, request.RandR, kms, keys.KeyData, responder!, randKms, psk, request.Message.Bytes.Span);
            return new KmsReply(KmsOutcome.Resolved, message, default);
        }
    }

    private RandRolePayload MakeRandKms(MikeySuite suite)
    {
        var rand = new byte[suite.KeyBytes()];
        _random.Fill(rand);
        return new RandRolePayload(RandRole.Kms, rand);
    }

    private bool TryOpenTicket(KmsRequest request, out TicketPayload? ticket, out TicketMaterial? material, out KmsRefusal refusal)
    {
        material = null;
        refusal = default;
        if (!PayloadQueries.TryFindOne(request.Message.Payloads, "TICKET", out ticket, out var failure))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicket, failure);
        }

        if (!ticket!.Policy.IsBaseTicket || !TicketFlagRules.AreConsistent(ticket.Policy.Flags))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicket, MikeyFault.BadTicket, "TICKET", ticket.Offset);
        }

        if (!BaseTicketData.TryRead(ticket.TicketData, MikeyLimits.Default, out var data, out failure))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicket, failure);
        }

        if (data!.KeyName is not { } name)
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicket, MikeyFault.MissingPayload, "TICKET.Ticket Data.IDRpsk", ticket.Offset);
        }

        var suite = request.Stamp.Suite;
        var tpk = KmsKeyRing.DeriveTpk(_settings.MasterSecret.Span, name.Data.Span, suite);
        var isOpen = BaseTicket.TryOpen(ticket, data, suite, tpk, out var plaintext, out var keyData, out failure);
        CryptographicOperations.ZeroMemory(tpk);
        if (!isOpen)
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicket, failure);
        }

        material = TicketMaterial.Take(data.Rand, keyData, plaintext);
        return true;
    }

    /// <summary>
    /// IDRr of the policy names who asks, and TRe was not too long ago. Interpretation: the RFC does not say when validity is judged. The KMS cannot see T
    /// of the TRANSFER_INIT, so it checks only the end, with a time of grace; the Responder compares T with TRs and TRe.
    /// </summary>
    private bool TryAuthoriseResponder(
        KmsRequest request, TicketPolicy policy, DateTimeOffset utcNow, out IdRolePayload? responder, out KmsRefusal refusal)
    {
        refusal = default;
        responder = policy.FindResponder(IdType.Uri, request.RequesterIdentity.Span);
        if (responder is null)
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.Unspecified, MikeyFault.NotAuthorised, "IDRr");
        }

        if (!TicketValidity.TryRead(policy, out var validity, out var failure))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicket, failure);
        }

        var isTooLate = validity.End is { } end && utcNow - end.ToUtc() > _settings.ResolveGrace;
        return !isTooLate || KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicketPolicy, MikeyFault.Expired, "TP.TRe");
    }

    /// <summary>With key forking, Vr proves that the Initiator holds MPKr (RFC 6043 section 4.2.3.3); without, there are no Initiator Data.</summary>
    private static bool TryCheckInitiatorData(TicketPayload ticket, TicketMaterial material, MikeySuite suite, out KmsRefusal refusal)
    {
        refusal = default;
        if (!ticket.Policy.Flags.Has(TicketFlags.Forking))
        {
            return ticket.InitiatorData.IsEmpty
                || KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicket, MikeyFault.BadFlags, "TICKET.Initiator Data", ticket.Offset);
        }

        if (!InitiatorData.TryRead(ticket.InitiatorData, out var data, out var failure))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicket, failure);
        }

        using var mpkR = material.DeriveMpkR(ticket.Policy.Prf);
        using var key = TicketKeys.DeriveResponderVerification(suite, mpkR.Span);
        var isValid = data!.Algorithm == suite.Mac()
            && MikeyMac.Verify(data.Algorithm, key.Span, new MacInput(data.Covered.Span), data.ResponderMac.Span);
        return isValid || KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicket, MikeyFault.MacMismatch, "Initiator Data.Vr", ticket.Offset);
    }
}
