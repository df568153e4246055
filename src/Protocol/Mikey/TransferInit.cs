using System.Buffers.Binary;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey;

/// <summary>Builds TRANSFER_INIT messages (RFC 6043 section 4.2.2).</summary>
public static class TransferInit
{
    /// <summary>
    /// One message under a ticket of the half round trip: fresh CSB ID and RANDRi from <paramref name="random"/>; T as given, the caller keeps it unique.
    /// Thread-safe for one ticket.
    /// </summary>
    public static BuiltTransferInit Build(GrantedTicket ticket, NtpTimestamp timestamp, IRandomSource random)
    {
        var template = ticket.Template;
        var suite = ticket.Suite;
        var bytes = template.Bytes.ToArray();
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(template.TimestampOffset), timestamp.Raw);
        var randI = bytes.AsSpan(template.RandOffset, suite.KeyBytes());

        // One draw for both: a call to the system's generator costs more than the bytes.
        Span<byte> drawn = stackalloc byte[sizeof(uint) + MikeySuites.MaxKeyBytes];
        drawn = drawn[..(sizeof(uint) + randI.Length)];
        random.Fill(drawn);
        drawn[..sizeof(uint)].CopyTo(bytes.AsSpan(MikeyHeader.CsbIdOffset));
        drawn[sizeof(uint)..].CopyTo(randI);
        var csbId = BinaryPrimitives.ReadUInt32BigEndian(drawn);

        Span<byte> key = stackalloc byte[MikeyMac.MaxBytes];
        var keyLength = ProtectionKeys.DeriveAuthentication(suite, ticket.MpkI.Span, LabelKind.InitialMessage, csbId, randI, default, key);
        var input = MacInputOf(bytes, template.InitiatorLengthOffset, 0, template.MacOffset, template.InitiatorIdentity.Span, template.ResponderIdentity.Span);
        MikeyMac.ComputeWithDigest(suite.Mac(), key[..keyLength], input, bytes.AsSpan(template.MacOffset), out var digest);

        var kek = new byte[suite.KeyBytes()];
        TicketKeys.DeriveSessionKey(suite.Prf(), LabelConstant.Tek, TransferProfile.CsId, ticket.SessionKey.Key.Span, randI, default, kek);
        return new BuiltTransferInit(bytes, kek, timestamp, digest);
    }

    /// <summary>Any TRANSFER_INIT, from MPKi, and from MPKr if the policy of the ticket says that keys are forked.</summary>
    internal static byte[] Encode(TransferInitContent content, ReadOnlySpan<byte> mpkI, ReadOnlySpan<byte> mpkR)
    {
        var stamp = content.Stamp;
        var algorithm = stamp.Suite.Mac();
        using var keys = ProtectionKeys.OfMessage(stamp.Suite, mpkI, LabelKind.InitialMessage, stamp.CsbId, content.RandI.Span, default);
        var payloads = Payloads(content, keys);
        var header = HeaderOf(content);
        var verification = VerificationPayload.Empty(algorithm);

        // The MAC leaves out the Initiator Data and their length, so it is computed first, without them, and can then enter Vi.
        var bytes = MikeyEncoder.Encode(header, [.. payloads, verification]);
        var macOffset = bytes.Length - verification.Mac.Length;
        var initiatorLengthOffset = InitiatorLengthOffsetOf(header, payloads);
        var input = MacInputOf(bytes, initiatorLengthOffset, 0, macOffset, content.Initiator.Data.Span, content.Responder.Data.Span);
        var mac = new byte[verification.Mac.Length];
        MikeyMac.Compute(algorithm, keys.Authentication.Span, input, mac);
        if (content.Ticket.Policy.Flags.Has(TicketFlags.Forking))
        {
            var initiatorData = CreateInitiatorData(stamp.Suite, mac, mpkR);
            var place = payloads.IndexOf(content.Ticket);
            payloads[place] = content.Ticket.WithInitiatorData(initiatorData.Bytes);
            bytes = MikeyEncoder.Encode(header, [.. payloads, verification]);
            macOffset = bytes.Length - mac.Length;
        }

        mac.CopyTo(bytes.AsSpan(macOffset));
        return bytes;
    }

    /// <summary>
    /// What the MAC covers (RFC 6043 section 5.5): the message up to its MAC without the Initiator Data length field and Initiator Data, then the two
    /// identities. Interpretation: "shall not cover" means taken out, not set to zero, and the length field is left out even when it is 0; an identity is
    /// the bare ID data.
    /// </summary>
    internal static MacInput MacInputOf(
        ReadOnlySpan<byte> message, int initiatorLengthOffset, int initiatorDataLength, int macOffset, ReadOnlySpan<byte> initiator,
        ReadOnlySpan<byte> responder)
    {
        var resume = initiatorLengthOffset + sizeof(ushort) + initiatorDataLength;
        return new MacInput(message[..initiatorLengthOffset], message[resume..macOffset], initiator, responder);
    }

    internal static MikeyHeader HeaderOf(TransferInitContent content) =>
        new(
            MikeyDataType.TransferInit,
            content.Ticket.Policy.Flags.Has(TicketFlags.TransferResponse),
            content.Stamp.Suite.Prf(),
            content.Stamp.CsbId,
            content.Map);

    private static List<MikeyPayload> Payloads(TransferInitContent content, ProtectionKeys keys)
    {
        var payloads = new List<MikeyPayload>(8)
        {
            new TimestampPayload(content.Stamp.Timestamp),
            new RandRolePayload(RandRole.Initiator, content.RandI),
            content.Initiator,
            content.Responder,
        };
        payloads.AddRange(content.Policies);
        payloads.Add(content.Ticket);
        if (content.Keys.Count > 0)
        {
            payloads.Add(KeyTransport.Seal(keys, content.Stamp.CsbId, content.Stamp.Timestamp, content.Keys));
        }

        return payloads;
    }

    private static int InitiatorLengthOffsetOf(MikeyHeader header, List<MikeyPayload> payloads)
    {
        var offset = header.EncodedLength;
        foreach (var payload in payloads)
        {
            if (payload is TicketPayload ticket)
            {
                return offset + 1 + ticket.Core.Length;
            }

            offset += payload.EncodedLength;
        }

        throw new ArgumentException("A TRANSFER_INIT carries a ticket.", nameof(payloads));
    }

    private static InitiatorData CreateInitiatorData(MikeySuite suite, byte[] mac, ReadOnlySpan<byte> mpkR)
    {
        var data = InitiatorData.Create(suite.Mac(), mac);
        using var key = TicketKeys.DeriveResponderVerification(suite, mpkR);
        var responderMac = new byte[mac.Length];
        MikeyMac.Compute(suite.Mac(), key.Span, new MacInput(data.Covered.Span), responderMac);
        return data.WithResponderMac(responderMac);
    }
}
