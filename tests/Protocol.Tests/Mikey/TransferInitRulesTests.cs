using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Payloads;
using Xunit;

namespace UeFarm.Protocol.Tests.Mikey;

/// <summary>What a Responder refuses before it has a key: the form of a TRANSFER_INIT, then its policy.</summary>
public sealed class TransferInitRulesTests
{
    private const string Alice = "sip:alice@ims.example";
    private const string Bob = "sip:bob@ims.example";
    private const uint Now = 0xE9F1_A227;

    private static readonly byte[] Spi = [1, 2, 3, 4];
    private static readonly byte[] Rand = new byte[16];

    private static readonly TimestampPayload T = new(MikeyTimestamp.FromNtp(new NtpTimestamp((ulong)Now << 32)));
    private static readonly RandRolePayload RandI = new(RandRole.Initiator, Rand);
    private static readonly IdRolePayload IdI = IdRolePayload.Uri(IdRole.Initiator, Alice);
    private static readonly IdRolePayload IdR = IdRolePayload.Uri(IdRole.Responder, Bob);
    private static readonly SecurityPolicyPayload Sp = TransferProfile.Policy();
    private static readonly VerificationPayload V = VerificationPayload.Empty(MacAlgorithm.HmacSha1);
    private static readonly GenericIdMap Map = TransferProfile.Map(Spi);

    private static TicketFlags Flags => TicketFlags.HalfRoundTrip | TicketFlags.Reusable;

    [Fact]
    public void The_message_that_all_others_here_are_changed_from_is_accepted()
    {
        var received = MikeyTestMessages.Parse(Message([T, RandI, IdI, IdR, Sp, Ticket(), V]));
        Assert.True(received.TryCheckPolicy(Bob, out var failure), failure.ToString());
        Assert.True(received.TicketIsReusable);
        Assert.Equal(Alice, received.Initiator);
    }

    [Fact]
    public void The_order_of_payloads_is_free_and_known_ones_nobody_asked_for_are_skipped()
    {
        var received = MikeyTestMessages.Parse(Message(
        [
            Sp, Ticket(), IdR, new GeneralExtensionPayload(ExtensionType.VendorId, Rand), IdI, RandI, new CertificatePayload(0, Rand),
            new RandRolePayload(RandRole.Kms, Rand), T, new IdRolePayload(IdRole.Application, IdType.ByteString, Rand), V,
        ]));
        Assert.True(received.TryCheckPolicy(Bob, out var failure), failure.ToString());
    }

    [Fact]
    public void Each_required_payload_is_required_exactly_once()
    {
        MikeyPayload[] required = [T, RandI, IdI, IdR, Ticket()];
        foreach (var payload in required)
        {
            var without = new List<MikeyPayload>([.. required, Sp, V]);
            without.Remove(payload);
            AssertParseFault(MikeyFault.MissingPayload, Message(without));
            AssertParseFault(MikeyFault.DuplicatePayload, Message([payload, .. required, Sp, V]));
        }

        AssertParseFault(MikeyFault.MissingPayload, Message([.. required, Sp]));
        AssertParseFault(MikeyFault.DuplicatePayload, Message([.. required, Sp, V, V]));
        AssertParseFault(MikeyFault.MisplacedPayload, Message([V, .. required, Sp]));
        AssertParseFault(MikeyFault.DuplicatePayload, Message([.. required, Sp, Kemac(), Kemac(), V]));
    }

    [Fact]
    public void Other_message_types_are_refused()
    {
        var bytes = Message([T, RandI, IdI, IdR, Sp, Ticket(), V]);
        for (var type = 0; type < 256; type++)
        {
            bytes[1] = (byte)type;
            Assert.Equal(type == 14, ReceivedTransferInit.TryParse(bytes, out _, out var failure));
            Assert.Equal(type == 14 ? MikeyFault.None : MikeyFault.BadDataType, failure.Fault);
        }
    }

    [Fact]
    public void Null_unknown_and_mixed_algorithms_are_refused()
    {
        var bytes = Message([T, RandI, IdI, IdR, Sp, Ticket(), V]);
        foreach (var prf in new byte[] { 1, 2, 0x7F })
        {
            var changed = (byte[])bytes.Clone();
            changed[3] = prf;
            AssertParseFault(MikeyFault.UnsupportedAlgorithm, changed);
        }

        AssertParseFault(MikeyFault.UnsupportedAlgorithm, Message([T, RandI, IdI, IdR, Sp, Ticket(), new VerificationPayload(MacAlgorithm.Null, default)]));
        AssertParseFault(MikeyFault.UnsupportedAlgorithm, Message([T, RandI, IdI, IdR, Sp, Ticket(), VerificationPayload.Empty(MacAlgorithm.HmacSha256)]));
        AssertParseFault(MikeyFault.UnsupportedAlgorithm, Message([T, RandI, IdI, IdR, Sp, Ticket(prf: PrfFunction.HmacSha256), V]));
        AssertParseFault(
            MikeyFault.UnsupportedAlgorithm,
            Message([T, RandI, IdI, IdR, Sp, Ticket(Flags | TicketFlags.InitiatorKeys), Kemac(EncryptionAlgorithm.Null), V]));
        AssertParseFault(
            MikeyFault.UnsupportedAlgorithm,
            Message([T, RandI, IdI, IdR, Sp, Ticket(Flags | TicketFlags.InitiatorKeys), Kemac(EncryptionAlgorithm.AesCm256), V]));
    }

    [Fact]
    public void The_flag_for_a_response_is_ignored_on_receipt()
    {
        var bytes = Message([T, RandI, IdI, IdR, Sp, Ticket(), V]);
        bytes[3] |= 0x80;
        Assert.Equal(Alice, MikeyTestMessages.Parse(bytes).Initiator);
    }

    [Fact]
    public void A_short_rand_and_a_counter_are_refused()
    {
        AssertParseFault(MikeyFault.BadLength, Message([T, new RandRolePayload(RandRole.Initiator, new byte[15]), IdI, IdR, Sp, Ticket(), V]));
        AssertParseFault(
            MikeyFault.BadTimestampType,
            Message([new TimestampPayload(new MikeyTimestamp(TimestampType.Counter, 7)), RandI, IdI, IdR, Sp, Ticket(), V]));
    }

    [Fact]
    public void Whole_seconds_and_plain_ntp_are_timestamps_too()
    {
        var seconds = MikeyTestMessages.Parse(Message([new TimestampPayload(MikeyTimestamp.FromSeconds(Now)), RandI, IdI, IdR, Sp, Ticket(), V]));
        Assert.Equal((ulong)Now << 32, seconds.Timestamp.Raw);
        var plain = MikeyTestMessages.Parse(Message([new TimestampPayload(new MikeyTimestamp(TimestampType.Ntp, 42)), RandI, IdI, IdR, Sp, Ticket(), V]));
        Assert.Equal(42UL, plain.Timestamp.Raw);
    }

    [Fact]
    public void Identities_must_be_uris_that_can_be_read()
    {
        foreach (var bad in new[]
        {
            new IdRolePayload(IdRole.Initiator, IdType.Nai, IdI.Data), new IdRolePayload(IdRole.Initiator, IdType.ByteString, IdI.Data),
            new IdRolePayload(IdRole.Initiator, IdType.Uri, default), new IdRolePayload(IdRole.Initiator, IdType.Uri, new byte[] { 0xC3, 0x28 }),
        })
        {
            AssertParseFault(MikeyFault.BadIdentity, Message([T, RandI, bad, IdR, Sp, Ticket(), V]));
        }
    }

    [Fact]
    public void Of_all_combinations_of_flags_exactly_the_consistent_ones_pass()
    {
        var consistent = 0;
        for (var bits = 0; bits < 1 << 12; bits++)
        {
            var flags = (TicketFlags)(bits << 5);
            var isConsistent = IsConsistent(flags);
            Assert.Equal(isConsistent, TicketFlagRules.AreConsistent(flags));
            Assert.False(TicketFlagRules.AreConsistent(flags | (TicketFlags)1));
            Assert.False(TicketFlagRules.AreConsistent(flags | (TicketFlags)0x10));
            if (flags.Has(TicketFlags.Forking))
            {
                continue;
            }

            Assert.Equal(isConsistent, ReceivedTransferInit.TryParse(Message([T, RandI, IdI, IdR, Sp, Ticket(flags), V]), out _, out var failure));
            Assert.Equal(isConsistent ? MikeyFault.None : MikeyFault.BadFlags, failure.Fault);
            consistent += isConsistent ? 1 : 0;
        }

        Assert.InRange(consistent, 100, 2000);
    }

    [Fact]
    public void Initiator_data_and_a_kemac_need_their_flag()
    {
        AssertParseFault(MikeyFault.BadFlags, Message([T, RandI, IdI, IdR, Sp, Ticket().WithInitiatorData(new byte[3]), V]));
        AssertParseFault(MikeyFault.BadFlags, Message([T, RandI, IdI, IdR, Sp, Ticket(), Kemac(), V]));
        var forked = Ticket(Flags | TicketFlags.Forking);
        AssertParseFault(MikeyFault.Truncated, Message([T, RandI, IdI, IdR, Sp, forked, V]));
        var data = InitiatorData.Create(MacAlgorithm.HmacSha1, new byte[20]).Bytes;
        Assert.Equal(Alice, MikeyTestMessages.Parse(Message([T, RandI, IdI, IdR, Sp, forked.WithInitiatorData(data), V])).Initiator);
        for (var length = 0; length < data.Length; length++)
        {
            AssertParseFault(MikeyFault.Truncated, Message([T, RandI, IdI, IdR, Sp, forked.WithInitiatorData(data[..length]), V]));
        }

        AssertParseFault(MikeyFault.TrailingBytes, Message([T, RandI, IdI, IdR, Sp, forked.WithInitiatorData((byte[])[.. data.Span, 0]), V]));
        var longer = InitiatorData.Create(MacAlgorithm.HmacSha256, new byte[32]).Bytes;
        AssertParseFault(MikeyFault.UnsupportedAlgorithm, Message([T, RandI, IdI, IdR, Sp, forked.WithInitiatorData(longer), V]));
    }

    [Fact]
    public void The_map_fits_the_policies_of_the_message()
    {
        AssertParseFault(MikeyFault.BadMap, Message([T, RandI, IdI, IdR, Sp, Ticket(), V], EmptyCsIdMap.Instance));
        AssertParseFault(MikeyFault.BadMap, Message([T, RandI, IdI, IdR, Ticket(), V], new EmptyCsIdMap(1)));
        AssertParseFault(MikeyFault.BadMap, Message([T, RandI, IdI, IdR, Sp, Ticket(), V], new SrtpIdMap([new SrtpIdSession(0, 1, 0)])));
        AssertParseFault(MikeyFault.BadMap, Message([T, RandI, IdI, IdR, Sp, Ticket(), V], new GenericIdMap([])));
        AssertParseFault(MikeyFault.BadMap, Message([T, RandI, IdI, IdR, Ticket(), V]));
        AssertParseFault(MikeyFault.BadMap, Message([T, RandI, IdI, IdR, Sp, Sp, Ticket(), V]));
        var session = Map.Sessions[0];
        AssertParseFault(MikeyFault.BadMap, Message([T, RandI, IdI, IdR, Sp, Ticket(), V], new GenericIdMap([session, session])));
        Assert.Equal(Alice, MikeyTestMessages.Parse(Message([T, RandI, IdI, IdR, Ticket(), V], EmptyCsIdMap.Instance)).Initiator);
    }

    [Fact]
    public void Other_tickets_and_other_ways_of_use_are_not_acceptable()
    {
        foreach (var (type, subtype, version) in new[] { (2, 1, 1), (0, 1, 1), (61440, 1, 1), (1, 2, 1), (1, 1, 2) })
        {
            var policy = TicketPolicy.Create((ushort)type, (byte)subtype, (byte)version, PrfFunction.Mikey1, Flags, PolicyPayloads());
            AssertPolicyFault(MikeyFault.BadTicket, [T, RandI, IdI, IdR, Sp, new TicketPayload(policy, default), V]);
        }

        foreach (var flags in new[]
        {
            Flags | TicketFlags.TransferResponse, Flags | TicketFlags.InitiatorKeys, Flags & ~TicketFlags.ResolveMandatory,
            Flags & ~TicketFlags.InitiatorGeneric, Flags & ~TicketFlags.ResponderGeneric,
            (Flags & ~TicketFlags.MadeByKms) | TicketFlags.InitiatorKeys,
        })
        {
            AssertPolicyFault(MikeyFault.PolicyNotAcceptable, [T, RandI, IdI, IdR, Sp, Ticket(flags), V]);
        }

        foreach (var flags in new[] { Flags, Flags | TicketFlags.Changed, Flags & ~TicketFlags.Reusable })
        {
            Assert.True(MikeyTestMessages.Parse(Message([T, RandI, IdI, IdR, Sp, Ticket(flags), V])).TryCheckPolicy(Bob, out var failure), failure.ToString());
        }
    }

    [Fact]
    public void The_map_names_one_session_of_ours_with_one_policy_and_an_spi()
    {
        var policies = new byte[] { TransferProfile.PolicyNumber };
        foreach (var sessions in new GenericIdSession[][]
        {
            [new GenericIdSession(1, SecurityProtocol.Srtp, false, policies, default, Spi)],
            [new GenericIdSession(1, SecurityProtocol.MessageBody, false, default, default, Spi)],
            [new GenericIdSession(1, SecurityProtocol.MessageBody, false, policies, default, default)],
            [Map.Sessions[0], new GenericIdSession(2, SecurityProtocol.MessageBody, false, policies, default, Spi)],
        })
        {
            var received = MikeyTestMessages.Parse(Message([T, RandI, IdI, IdR, Sp, Ticket(), V], new GenericIdMap(sessions)));
            Assert.False(received.TryCheckPolicy(Bob, out var failure));
            Assert.Equal(MikeyFault.PolicyNotAcceptable, failure.Fault);
        }
    }

    [Fact]
    public void Both_identities_must_stand_in_the_ticket_and_the_recipient_must_be_this_phone()
    {
        var received = MikeyTestMessages.Parse(Message([T, RandI, IdI, IdR, Sp, Ticket(), V]));
        Assert.False(received.TryCheckPolicy("sip:carol@ims.example", out var failure));
        Assert.Equal(MikeyFault.IdentityMismatch, failure.Fault);
        Assert.False(received.TryCheckPolicy("sip:BOB@ims.example", out _));

        AssertPolicyFault(MikeyFault.NotAuthorised, [T, RandI, IdI, IdR, Sp, TicketOf([IdI, IdRolePayload.Uri(IdRole.Responder, "sip:carol@ims.example")]), V]);
        AssertPolicyFault(MikeyFault.NotAuthorised, [T, RandI, IdI, IdR, Sp, TicketOf([IdI, new IdRolePayload(IdRole.Responder, IdType.Nai, IdR.Data)]), V]);
        AssertPolicyFault(MikeyFault.IdentityMismatch, [T, RandI, IdI, IdR, Sp,
            TicketOf([IdRolePayload.Uri(IdRole.Initiator, "sip:mallory@ims.example"), IdR]), V]);
        AssertPolicyFault(MikeyFault.IdentityMismatch, [T, RandI, IdI, IdR, Sp, TicketOf([IdR]), V]);
        AssertPolicyFault(MikeyFault.DuplicatePayload, [T, RandI, IdI, IdR, Sp, TicketOf([IdI, IdI, IdR]), V]);
        var group = TicketOf([IdI, IdRolePayload.Uri(IdRole.Responder, "sip:carol@ims.example"), IdR]);
        Assert.True(MikeyTestMessages.Parse(Message([T, RandI, IdI, IdR, Sp, group, V])).TryCheckPolicy(Bob, out failure), failure.ToString());
    }

    [Theory]
    [InlineData(-1, 1, MikeyFault.None)]
    [InlineData(0, 1, MikeyFault.None)]
    [InlineData(-1, 0, MikeyFault.None)]
    [InlineData(1, 2, MikeyFault.NotYetValid)]
    [InlineData(-2, -1, MikeyFault.Expired)]
    [InlineData(null, -1, MikeyFault.Expired)]
    [InlineData(1, null, MikeyFault.NotYetValid)]
    [InlineData(null, null, MikeyFault.None)]
    public void The_timestamp_lies_within_the_validity_of_the_ticket(int? start, int? end, MikeyFault expected)
    {
        AssertValidity(T, Now, start, end, expected);
    }

    [Fact]
    public void Validity_is_compared_across_the_change_of_era()
    {
        var afterWrap = new TimestampPayload(MikeyTimestamp.FromNtp(new NtpTimestamp(5UL << 32)));
        AssertValidity(afterWrap, 5, -10, 10, MikeyFault.None);
        AssertValidity(afterWrap, 5, -10, -6, MikeyFault.Expired);
        var beforeWrap = new TimestampPayload(MikeyTimestamp.FromNtp(new NtpTimestamp(0xFFFF_FFF0UL << 32)));
        AssertValidity(beforeWrap, 0xFFFF_FFF0, 20, 40, MikeyFault.NotYetValid);
    }

    [Fact]
    public void A_fraction_of_a_second_after_the_end_is_after_the_end()
    {
        var t = new TimestampPayload(MikeyTimestamp.FromNtp(new NtpTimestamp(((ulong)Now << 32) | 1)));
        AssertValidity(t, Now, -1, 0, MikeyFault.Expired);
    }

    [Fact]
    public void A_ticket_whose_bounds_are_counters_or_doubled_is_refused()
    {
        var counter = new TimestampRolePayload(TimestampRole.End, new MikeyTimestamp(TimestampType.Counter, 1));
        AssertPolicyFault(MikeyFault.BadTimestampType, [T, RandI, IdI, IdR, Sp, TicketOf([IdI, counter, IdR]), V]);
        var end = new TimestampRolePayload(TimestampRole.End, MikeyTimestamp.FromSeconds(Now));
        AssertPolicyFault(MikeyFault.DuplicatePayload, [T, RandI, IdI, IdR, Sp, TicketOf([IdI, end, end, IdR]), V]);
    }

    private static bool IsConsistent(TicketFlags flags)
    {
        bool Is(char letter) => ((int)flags >> (letter == 'D' ? 16 : letter <= 'L' ? 15 - (letter - 'E') : 7 - (letter - 'M')) & 1) == 1;
        return (Is('D') || Is('L')) && (!Is('G') || Is('F')) && (Is('G') || Is('H')) && (Is('H') || Is('G')) && (!Is('I') || Is('E'))
            && (!Is('K') || Is('D')) && (!Is('M') || Is('F'));
    }

    private static void AssertValidity(TimestampPayload t, uint seconds, int? start, int? end, MikeyFault expected)
    {
        var payloads = new List<MikeyPayload> { IdI };
        if (start is { } from)
        {
            payloads.Add(new TimestampRolePayload(TimestampRole.Start, MikeyTimestamp.FromSeconds(seconds + (uint)from)));
        }

        if (end is { } to)
        {
            payloads.Add(new TimestampRolePayload(TimestampRole.End, MikeyTimestamp.FromSeconds(seconds + (uint)to)));
        }

        payloads.Add(IdR);
        var received = MikeyTestMessages.Parse(Message([t, RandI, IdI, IdR, Sp, TicketOf(payloads), V]));
        Assert.Equal(expected == MikeyFault.None, received.TryCheckPolicy(Bob, out var failure));
        Assert.Equal(expected, failure.Fault);
    }

    private static byte[] Message(IReadOnlyList<MikeyPayload> payloads, CsIdMap? map = null) =>
        MikeyEncoder.Encode(new MikeyHeader(MikeyDataType.TransferInit, false, PrfFunction.Mikey1, 7, map ?? Map), payloads);

    private static MikeyPayload[] PolicyPayloads() => [IdI, IdR];

    private static TicketPayload Ticket(TicketFlags? flags = null, PrfFunction prf = PrfFunction.Mikey1) =>
        new(TicketPolicy.Create(prf, flags ?? Flags, PolicyPayloads()), new byte[40]);

    private static TicketPayload TicketOf(IReadOnlyList<MikeyPayload> policyPayloads) =>
        new(TicketPolicy.Create(PrfFunction.Mikey1, Flags, policyPayloads), new byte[40]);

    private static KemacPayload Kemac(EncryptionAlgorithm algorithm = EncryptionAlgorithm.AesCm128) => new(algorithm, new byte[20]);

    private static void AssertParseFault(MikeyFault fault, byte[] bytes) => Assert.Equal(fault, MikeyTestMessages.ParseFailure(bytes).Fault);

    private static void AssertPolicyFault(MikeyFault fault, IReadOnlyList<MikeyPayload> payloads)
    {
        var received = MikeyTestMessages.Parse(Message(payloads));
        Assert.False(received.TryCheckPolicy(Bob, out var failure));
        Assert.Equal(fault, failure.Fault);
    }
}
