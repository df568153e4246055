using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey.Exchanges;

/// <summary>
/// TRANSFER_RESP (RFC 6043 section 4.2.2.2): HDR, T, [RANDRr], [IDRr], [RANDRkms], V. Sent if and only if F=1, so never in the half round trip of
/// a SIP MESSAGE. Its keys come from MPKi, or from MPKr' when keys are forked; its MAC covers it and the complete TRANSFER_INIT. Keys of the Responder's
/// own (M) are not supported.
/// </summary>
internal static class TransferRespMessage
{
    /// <param name="received">The verified TRANSFER_INIT.</param>
    /// <param name="ticket">Its resolved ticket.</param>
    /// <param name="timestamp">A fresh T.</param>
    /// <param name="randR">RANDRr; empty if and only if G=0.</param>
    /// <exception cref="ArgumentException">An argument contradicts the flags of the ticket.</exception>
    public static byte[] Encode(ReceivedTransferInit received, ResolvedTicket ticket, MikeyTimestamp timestamp, ReadOnlyMemory<byte> randR)
    {
        var flags = received.Ticket.Policy.Flags;
        if (!flags.Has(TicketFlags.TransferResponse) || flags.Has(TicketFlags.ResponderRand) == randR.IsEmpty)
        {
            throw new ArgumentException("The flags of the ticket do not allow this answer.", nameof(received));
        }

        var header = received.Header with { DataType = MikeyDataType.TransferResp, IsResponseExpected = false };
        var key = ticket.MpkR ?? ticket.MpkI;
        using var keys = ProtectionKeys.OfMessage(received.Suite, key.Span, LabelKind.ResponseMessage, header.CsbId, received.RandI, randR.Span);
        var payloads = new List<MikeyPayload>(6) { new TimestampPayload(timestamp) };
        if (!randR.IsEmpty)
        {
            payloads.Add(new RandRolePayload(RandRole.Responder, randR));
        }

        if (ticket.Modifier is { } modifier)
        {
            payloads.Add(modifier.Responder);
            payloads.Add(modifier.RandKms);
        }

        return MikeyEncoder.EncodeProtected(header, payloads, received.Suite.Mac(), keys.Authentication.Span, received.Bytes.Span, default);
    }

    /// <summary>
    /// The Initiator's check of an answer to its own message <paramref name="sent"/>, with the unforked keys of the ticket; gives the MPKr' and TGK' that
    /// follow from the answer through <see cref="VerifiedTransferResp"/>.
    /// </summary>
    public static bool TryVerify(
        ReadOnlyMemory<byte> answer, ReceivedTransferInit sent, ReceivedKeys keys, out VerifiedTransferResp? verified, out MikeyFailure failure)
    {
        verified = null;
        if (!MikeyDecoder.TryDecode(answer, MikeyLimits.Default, out var message, out failure)
            || !TryCheckHeader(message!.Header, sent.Header, out failure)
            || !PayloadQueries.TryFindOne<TimestampPayload>(message.Payloads, "T", out _, out failure)
            || !PayloadQueries.TryFindVerification(message.Payloads, "V", out var verification, out failure)
            || !PayloadQueries.TryFindRand(message.Payloads, RandRole.Responder, "RANDRr", out var randR, out failure)
            || !PayloadQueries.TryFindRand(message.Payloads, RandRole.Kms, "RANDRkms", out var randKms, out failure)
            || !PayloadQueries.TryFindId(message.Payloads, IdRole.Responder, "IDRr", out var responder, out failure))
        {
            return false;
        }

        var flags = sent.Ticket.Policy.Flags;
        var isForked = flags.Has(TicketFlags.Forking);
        if (!flags.Has(TicketFlags.TransferResponse) || flags.Has(TicketFlags.ResponderRand) != (randR is not null))
        {
            return MikeyFailure.Set(out failure, MikeyFault.BadFlags, "RANDRr");
        }

        if (isForked && (randKms is null || responder is null))
        {
            return MikeyFailure.Set(out failure, MikeyFault.MissingPayload, responder is null ? "IDRr" : "RANDRkms");
        }

        if (verification!.Algorithm != sent.Suite.Mac())
        {
            return MikeyFailure.Set(out failure, MikeyFault.UnsupportedAlgorithm, "V.Auth alg", verification.Offset + 1);
        }

        var modifier = isForked ? new ForkModifier(responder!, randKms!) : null;
        var candidate = VerifiedTransferResp.Derive(sent, keys, modifier, randR?.Rand ?? default);
        Span<byte> key = stackalloc byte[MikeyMac.MaxBytes];
        var length = ProtectionKeys.DeriveAuthentication(
            sent.Suite, candidate.MessageKey.Span, LabelKind.ResponseMessage, sent.Header.CsbId, sent.RandI, candidate.RandR.Span, key);
        var input = new MacInput(answer.Span[..verification.MacOffset], sent.Bytes.Span);
        if (!MikeyMac.Verify(verification.Algorithm, key[..length], input, verification.Mac.Span))
        {
            candidate.Dispose();
            return MikeyFailure.Set(out failure, MikeyFault.MacMismatch, "V.Ver data", verification.MacOffset);
        }

        verified = candidate;
        return true;
    }

    private static bool TryCheckHeader(MikeyHeader header, MikeyHeader sent, out MikeyFailure failure)
    {
        failure = default;
        if (header.DataType != MikeyDataType.TransferResp)
        {
            return MikeyFailure.Set(out failure, MikeyFault.BadDataType, "HDR.data type", 1);
        }

        if (header.CsbId != sent.CsbId)
        {
            return MikeyFailure.Set(out failure, MikeyFault.WrongExchange, "HDR.CSB ID", MikeyHeader.CsbIdOffset);
        }

        return header.Prf == sent.Prf || MikeyFailure.Set(out failure, MikeyFault.UnsupportedAlgorithm, "HDR.PRF func", 3);
    }
}
