using System.Security.Cryptography;
using UeFarm.Protocol.Mikey.Exchanges;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;
using UeFarm.Protocol.Replay;

namespace UeFarm.Protocol.Mikey;

/// <summary>
/// A received TRANSFER_INIT, strictly parsed; nothing is verified yet except form and flag rules (RFC 6043 section 4.2.2). It borrows the bytes it was
/// parsed from; they must not change while it is in use.
/// </summary>
public sealed class ReceivedTransferInit
{
    private readonly MikeyMessage _message;
    private readonly VerificationPayload _verification;
    private readonly IdRolePayload _initiator;
    private readonly IdRolePayload _responder;
    private readonly RandRolePayload _randI;
    private readonly MikeyTimestamp _timestamp;
    private readonly KemacPayload? _kemac;
    private ReplayDigest? _ticketKey;

    internal ReceivedTransferInit(
        MikeyMessage message, MikeySuite suite, MikeyTimestamp timestamp, RandRolePayload randI, IdRolePayload initiator, IdRolePayload responder,
        TicketPayload ticket, KemacPayload? kemac, VerificationPayload verification, string initiatorUri, string responderUri)
    {
        _message = message;
        _timestamp = timestamp;
        _randI = randI;
        _initiator = initiator;
        _responder = responder;
        _kemac = kemac;
        _verification = verification;
        Suite = suite;
        Ticket = ticket;
        Initiator = initiatorUri;
        Responder = responderUri;
        Timestamp = new NtpTimestamp(timestamp.CounterModeBits);
        Digest = MikeyMac.Digest(CoveredInput());
    }

    /// <summary>T. Of an NTP-UTC-32 timestamp the fraction is 0.</summary>
    public NtpTimestamp Timestamp { get; }

    /// <summary>SIP URI in IDRi.</summary>
    public string Initiator { get; }

    /// <summary>SIP URI in IDRr.</summary>
    public string Responder { get; }

    /// <summary>Identity in replay caches, over exactly the bytes that the MAC covers.</summary>
    public ReplayDigest Digest { get; }

    public MikeySuite Suite { get; }

    /// <summary>Digest of the TICKET from Ticket Type to the end of Ticket Data: key of a cache of resolved tickets.</summary>
    public ReplayDigest TicketKey => _ticketKey ??= MikeyMac.Digest(new MacInput(Ticket.Core.Span));

    /// <summary>J. A hint until the ticket is resolved.</summary>
    public bool TicketIsReusable => Ticket.Policy.Flags.Has(TicketFlags.Reusable);

    internal TicketPayload Ticket { get; }

    internal MikeyHeader Header => _message.Header;

    internal ReadOnlyMemory<byte> Bytes => _message.Bytes;

    internal ReadOnlySpan<byte> RandI => _randI.Rand.Span;

    /// <summary>Whether every rule holds that needs neither a key nor a configuration.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, out ReceivedTransferInit? received, out MikeyFailure failure) =>
        TransferInitParser.TryParse(bytes, out received, out failure);

    /// <summary>
    /// The policy that needs no key, to be asked before the KMS is: the profile of this product, the recipient is <paramref name="self"/> (a SIP URI), both
    /// identities stand in the ticket, and T lies between TRs and TRe. All of it is unauthenticated until <see cref="TryVerify"/>.
    /// </summary>
    public bool TryCheckPolicy(string self, out MikeyFailure failure)
    {
        var policy = Ticket.Policy;
        if (!policy.IsBaseTicket)
        {
            return MikeyFailure.Set(out failure, MikeyFault.BadTicket, "TICKET.Ticket Type", Ticket.Offset + 1);
        }

        if (!TransferProfile.HasProfileFlags(policy.Flags))
        {
            return MikeyFailure.Set(out failure, MikeyFault.PolicyNotAcceptable, "TICKET.flags", Ticket.Offset + 5);
        }

        if (Header.Map is not GenericIdMap { Sessions: [{ Protocol: SecurityProtocol.MessageBody, Policies.Length: 1, Spi.IsEmpty: false }] })
        {
            return MikeyFailure.Set(out failure, MikeyFault.PolicyNotAcceptable, "HDR.CS ID map", 8);
        }

        if (!string.Equals(self, Responder, StringComparison.Ordinal))
        {
            return MikeyFailure.Set(out failure, MikeyFault.IdentityMismatch, "IDRr", _responder.Offset);
        }

        if (policy.FindResponder(_responder.IdType, _responder.Data.Span) is null)
        {
            return MikeyFailure.Set(out failure, MikeyFault.NotAuthorised, "TP.IDRr", Ticket.Offset);
        }

        return TryCheckInitiator(out failure)
            && TicketValidity.TryRead(policy, out var validity, out failure)
            && validity.TryCheck(Timestamp, out failure);
    }

    /// <summary>
    /// Verifies V in constant time over the received bytes with the ticket's MPKi, and IDRi against the ticket; gives the KEK, 16 or 32 bytes. Only after this
    /// may the message enter a replay cache.
    /// </summary>
    public bool TryVerify(ResolvedTicket ticket, out byte[]? kek, out MikeyFailure failure)
    {
        kek = null;
        if (ticket.TicketKey != TicketKey)
        {
            return MikeyFailure.Set(out failure, MikeyFault.BadTicket, "TICKET", Ticket.Offset);
        }

        return TryVerifyMac(ticket.MpkI.Span, out failure)
            && TryCheckInitiator(out failure)
            && TryDeriveKek(ticket, out kek, out failure);
    }

    /// <summary>The MAC of V, and with key forking its repetition in Vi (RFC 6043 section 4.2.3.6).</summary>
    internal bool TryVerifyMac(ReadOnlySpan<byte> mpkI, out MikeyFailure failure)
    {
        Span<byte> key = stackalloc byte[MikeyMac.MaxBytes];
        var length = ProtectionKeys.DeriveAuthentication(Suite, mpkI, LabelKind.InitialMessage, Header.CsbId, RandI, default, key);
        if (!MikeyMac.Verify(_verification.Algorithm, key[..length], CoveredInput(), _verification.Mac.Span))
        {
            return MikeyFailure.Set(out failure, MikeyFault.MacMismatch, "V.Ver data", _verification.MacOffset);
        }

        failure = default;
        if (!Ticket.Policy.Flags.Has(TicketFlags.Forking))
        {
            return true;
        }

        if (!InitiatorData.TryRead(Ticket.InitiatorData, out var data, out failure))
        {
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(data!.InitiatorMac.Span, _verification.Mac.Span)
            || MikeyFailure.Set(out failure, MikeyFault.MacMismatch, "Initiator Data.Vi", Ticket.InitiatorDataLengthOffset);
    }

    /// <summary>The session keys that the Initiator itself supplied (L); none if there is no KEMAC. Call it after the MAC was verified.</summary>
    internal bool TryOpenInitiatorKeys(ReadOnlySpan<byte> mpkI, out SessionKey[] sessionKeys, out MikeyFailure failure)
    {
        sessionKeys = [];
        failure = default;
        if (_kemac is null)
        {
            return true;
        }

        using var keys = ProtectionKeys.OfMessage(Suite, mpkI, LabelKind.InitialMessage, Header.CsbId, RandI, default);
        if (!KeyTransport.TryOpen(keys, Header.CsbId, _timestamp, _kemac, out var plaintext, out var keyData, out failure))
        {
            return false;
        }

        var isValid = Array.TrueForAll(keyData, key => key.KeyType != KeyDataType.Mpk && key.Key.Length == Suite.KeyBytes());
        if (isValid)
        {
            sessionKeys = Array.ConvertAll(keyData, key => new SessionKey(key));
        }

        CryptographicOperations.ZeroMemory(plaintext);
        return isValid || MikeyFailure.Set(out failure, MikeyFault.BadKeyData, "KEMAC.Key data", _kemac.Offset);
    }

    private MacInput CoveredInput() =>
        TransferInit.MacInputOf(
            Bytes.Span, Ticket.InitiatorDataLengthOffset, Ticket.InitiatorData.Length, _verification.MacOffset, _initiator.Data.Span, _responder.Data.Span);

    /// <summary>IDRi of the message is IDRi of the policy: nobody else's ticket may be used.</summary>
    private bool TryCheckInitiator(out MikeyFailure failure)
    {
        if (!PayloadQueries.TryFindId(Ticket.Policy.Payloads, IdRole.Initiator, "TP.IDRi", out var owner, out failure))
        {
            return false;
        }

        return (owner is not null && owner.NamesSame(_initiator))
            || MikeyFailure.Set(out failure, MikeyFault.IdentityMismatch, "IDRi", _initiator.Offset);
    }

    private bool TryDeriveKek(ResolvedTicket ticket, out byte[]? kek, out MikeyFailure failure)
    {
        kek = null;
        if (Ticket.Policy.Flags.Has(TicketFlags.ResponderRand))
        {
            // The session key of a full round trip also needs RANDRr, which is made with the TRANSFER_RESP.
            return MikeyFailure.Set(out failure, MikeyFault.PolicyNotAcceptable, "TICKET.G", Ticket.Offset + 6);
        }

        if (!TryOpenInitiatorKeys(ticket.MpkI.Span, out var own, out failure))
        {
            return false;
        }

        var keys = own.Length > 0 ? own : ticket.SessionKeys;
        kek = SelectKek(keys);
        Array.ForEach(own, key => key.Dispose());
        return kek is not null || MikeyFailure.Set(out failure, MikeyFault.BadKeyData, "SPI", Header.EncodedLength);
    }

    /// <summary>The key that the map names by its SPI; with the Empty map, which names none, the first TEK.</summary>
    private byte[]? SelectKek(IReadOnlyList<SessionKey> keys)
    {
        var session = Header.Map is GenericIdMap { Sessions: [var only, ..] } ? only : null;
        var key = session is null ? FirstTek(keys) : ReceivedKeys.Find(keys, session.Spi.Span);
        if (key is null)
        {
            return null;
        }

        if (key.IsTek)
        {
            return key.Key.Span.ToArray();
        }

        var kek = new byte[Suite.KeyBytes()];
        TicketKeys.DeriveSessionKey(Suite.Prf(), LabelConstant.Tek, session!.CsId, key.Key.Span, RandI, default, kek);
        return kek;
    }

    private static SessionKey? FirstTek(IReadOnlyList<SessionKey> keys)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys[i].IsTek)
            {
                return keys[i];
            }
        }

        return null;
    }
}
