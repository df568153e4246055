using System.Text;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Exchanges;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;
using UeFarm.Protocol.Tests.Mikey;
using Xunit;

namespace UeFarm.Protocol.Tests.Kms;

/// <summary>Whom the KMS answers, what it grants, and with which numbers it refuses.</summary>
public sealed class KeyManagementServiceTests
{
    private const MikeySuite Suite = MikeySuite.Aes128Sha1;

    private static readonly DateTimeOffset Noon = KmsFixture.Noon;
    private static readonly byte[] Spi = [9, 8, 7, 6];
    private static readonly IdRolePayload Alice = IdRolePayload.Uri(IdRole.Initiator, KmsFixture.Alice);
    private static readonly IdRolePayload Bob = IdRolePayload.Uri(IdRole.Responder, KmsFixture.Bob);

    private readonly KmsFixture _kms = new();

    private IdRolePayload Kms => IdRolePayload.Uri(IdRole.Kms, _kms.Settings.Identity);

    /// <summary>Computed with another program: HKDF-SHA-256 of 01..20 without salt, info "uefarm kms psk", 0, number of the suite, identity.</summary>
    [Theory]
    [InlineData(MikeySuite.Aes128Sha1, "9592bd945ca8baa0c6a82201b869cfd2")]
    [InlineData(MikeySuite.Aes256Sha256, "9e23785efa39c46ad1495548df2a60b6041d2d4706bc79dcacd287dc05baf759")]
    public void A_psk_is_the_hkdf_of_the_master_secret(MikeySuite suite, string expected) =>
        Assert.Equal(expected, MikeyVectors.Hex(KmsFixture.Psk(KmsFixture.Alice, suite)));

    [Fact]
    public void Keys_differ_by_identity_suite_use_and_master_secret()
    {
        var secret = Enumerable.Range(1, 32).Select(value => (byte)value).ToArray();
        var keys = new HashSet<string>
        {
            MikeyVectors.Hex(KeyManagementService.DerivePsk(secret, "sip:a@x", MikeySuite.Aes128Sha1)),
            MikeyVectors.Hex(KeyManagementService.DerivePsk(secret, "sip:a@x", MikeySuite.Aes256Sha256).AsSpan(0, 16)),
            MikeyVectors.Hex(KeyManagementService.DerivePsk(secret, "sip:b@x", MikeySuite.Aes128Sha1)),
            MikeyVectors.Hex(KeyManagementService.DerivePsk(secret.AsSpan(1), "sip:a@x", MikeySuite.Aes128Sha1)),
            MikeyVectors.Hex(KmsKeyRing.DeriveTpk(secret, "sip:a@x"u8, MikeySuite.Aes128Sha1)),
        };
        Assert.Equal(5, keys.Count);
    }

    [Fact]
    public void Two_services_with_one_secret_are_one_kms()
    {
        var issuer = new KmsFixture();
        var resolver = new KmsFixture();
        using var ticket = issuer.Grant(Suite);
        var built = issuer.Build(ticket);
        var received = KmsFixture.Parse(built.Bytes);
        using var resolved = resolver.ResolveNow(received);
        Assert.True(received.TryVerify(resolved, out var kek, out _));
        Assert.Equal(built.Kek, kek);
    }

    [Fact]
    public void A_lifetime_beyond_the_limit_is_shortened_and_the_change_is_flagged()
    {
        var kms = new KmsFixture(settings => settings with { MaxTicketLifetime = TimeSpan.FromHours(2) });
        using var ticket = kms.Grant(Suite, TimeSpan.FromDays(400));
        Assert.True(ticket.IsPolicyChanged);
        Assert.Equal(Noon.AddHours(2).AddMilliseconds(-250), ticket.NotAfter);
        var received = KmsFixture.Parse(kms.Build(ticket).Bytes);
        Assert.True(received.TryCheckPolicy(KmsFixture.Bob, out var failure), failure.ToString());
        using var exact = kms.Grant(Suite, TimeSpan.FromHours(2));
        Assert.False(exact.IsPolicyChanged);
    }

    [Fact]
    public void A_ticket_is_resolved_until_its_grace_is_over_and_no_longer()
    {
        var kms = new KmsFixture(settings => settings with { ResolveGrace = TimeSpan.FromDays(21) });
        using var ticket = kms.Grant(Suite, TimeSpan.FromDays(1));
        var received = KmsFixture.Parse(kms.Build(ticket).Bytes);
        using var late = kms.ResolveNow(received, ticket.NotAfter + TimeSpan.FromDays(21));
        Assert.True(received.TryVerify(late, out _, out _));

        using var exchange = kms.Resolve(received);
        var tooLate = ticket.NotAfter + TimeSpan.FromDays(21) + TimeSpan.FromTicks(1);
        var reply = kms.Service.Process(exchange.CreateInit(tooLate, kms.Random), tooLate);
        Assert.Equal((KmsOutcome.Refused, MikeyFault.Expired), (reply.Outcome, reply.Failure.Fault));
        Assert.False(exchange.TryComplete(reply.Message, out _, out var failure));
        Assert.Equal((MikeyFault.KmsError, "ERR 15 InvalidTicketPolicy"), (failure.Fault, failure.Field));
    }

    [Fact]
    public void Only_a_responder_named_in_the_ticket_may_resolve_it()
    {
        using var ticket = _kms.Grant(Suite);
        var received = KmsFixture.Parse(_kms.Build(ticket).Bytes);
        foreach (var stranger in new[] { KmsFixture.Carol, KmsFixture.Alice })
        {
            using var exchange = _kms.Resolve(received, stranger);
            var reply = _kms.Service.Process(exchange.CreateInit(Noon, _kms.Random), Noon);
            Assert.Equal((KmsOutcome.Refused, MikeyFault.NotAuthorised), (reply.Outcome, reply.Failure.Fault));
            Assert.False(exchange.TryComplete(reply.Message, out _, out var failure));
            Assert.Equal((MikeyFault.KmsError, "ERR 12 Unspecified"), (failure.Fault, failure.Field));
        }
    }

    [Fact]
    public void Bob_cannot_resolve_with_his_key_in_the_name_of_another()
    {
        using var ticket = _kms.Grant(Suite, responder: KmsFixture.Carol);
        var received = KmsFixture.Parse(_kms.Build(ticket).Bytes);
        var psk = KmsFixture.Psk(KmsFixture.Bob, Suite);
        var carol = IdRolePayload.Uri(IdRole.Responder, KmsFixture.Carol);
        var pskName = new IdRolePayload(IdRole.PreSharedKey, IdType.ByteString, Bob.Data);
        var message = TicketResolveMessages.EncodeInit(Stamp(Suite), new byte[16], carol, Kms, received.Ticket, pskName, psk);
        AssertRefused(message, psk, MikeyErrorNumber.InvalidId, MikeyFault.NotAuthorised);
    }

    [Fact]
    public void Mallory_gets_no_ticket_in_the_name_of_alice()
    {
        var mallory = "sip:mallory@ims.example";
        var psk = KmsFixture.Psk(mallory, Suite);
        var malloryName = new IdRolePayload(IdRole.PreSharedKey, IdType.ByteString, Encoding.UTF8.GetBytes(mallory));
        var message = TicketRequestMessages.EncodeInit(Stamp(Suite), new byte[16], Alice, Kms, Policy(), malloryName, psk);
        AssertRefused(message, psk, MikeyErrorNumber.InvalidId, MikeyFault.NotAuthorised);

        // Her own name outside, Alice's inside the policy.
        message = TicketRequestMessages.EncodeInit(Stamp(Suite), new byte[16], IdRolePayload.Uri(IdRole.Initiator, mallory), Kms, Policy(), malloryName, psk);
        AssertRefused(message, psk, MikeyErrorNumber.InvalidId, MikeyFault.NotAuthorised);

        // Alice's name everywhere, but not her key.
        using var forged = new TicketRequestExchange(KmsFixture.Alice, KmsFixture.Bob, _kms.Settings.Identity, psk, Suite, TimeSpan.FromDays(1), true);
        var reply = _kms.Service.Process(forged.CreateInit(Noon, _kms.Random), Noon);
        Assert.Equal(KmsOutcome.Unauthenticated, reply.Outcome);
        Assert.Null(reply.Message);
    }

    [Fact]
    public void Another_kms_is_not_answered_for()
    {
        var other = IdRolePayload.Uri(IdRole.Kms, "sip:other-kms@ims.example");
        AssertRefused(Request(Policy(), kms: other), KmsFixture.Psk(KmsFixture.Alice, Suite), MikeyErrorNumber.InvalidId, MikeyFault.IdentityMismatch);
        AssertRefused(
            Request(TicketPolicy.Create(PrfFunction.Mikey1, TicketFlags.HalfRoundTrip, [other, Bob])),
            KmsFixture.Psk(KmsFixture.Alice, Suite), MikeyErrorNumber.InvalidId, MikeyFault.NotAuthorised);
    }

    [Fact]
    public void Policies_that_cannot_be_granted_are_refused_with_their_number()
    {
        var psk = KmsFixture.Psk(KmsFixture.Alice, Suite);
        AssertRefused(
            Request(TicketPolicy.Create(2, 1, 1, PrfFunction.Mikey1, TicketFlags.HalfRoundTrip, [Bob])),
            psk, MikeyErrorNumber.InvalidTicket, MikeyFault.BadTicket);
        AssertRefused(
            Request(TicketPolicy.Create(PrfFunction.HmacSha256, TicketFlags.HalfRoundTrip, [Bob])), psk, MikeyErrorNumber.InvalidTicketPolicy,
            MikeyFault.BadFlags);
        foreach (var flags in new[]
        {
            TicketFlags.HalfRoundTrip & ~TicketFlags.ResolveMandatory, (TicketFlags.HalfRoundTrip & ~TicketFlags.MadeByKms) | TicketFlags.InitiatorKeys,
            TicketFlags.HalfRoundTrip & ~TicketFlags.InitiatorRand, TicketFlags.HalfRoundTrip | TicketFlags.ResponderRand,
            TicketFlags.HalfRoundTrip | (TicketFlags)1,
        })
        {
            AssertRefused(Request(TicketPolicy.Create(PrfFunction.Mikey1, flags, [Bob])), psk, MikeyErrorNumber.InvalidTicketPolicy, MikeyFault.BadFlags);
        }

        AssertRefused(Request(Policy(responders: [])), psk, MikeyErrorNumber.InvalidTicketPolicy, MikeyFault.MissingPayload);
        AssertRefused(
            Request(Policy(responders: [.. Enumerable.Repeat(Bob, 17)])), psk, MikeyErrorNumber.InvalidTicketPolicy, MikeyFault.LimitExceeded);
        AssertRefused(Request(Policy(end: Noon.AddSeconds(-1))), psk, MikeyErrorNumber.InvalidTicketPolicy, MikeyFault.Expired);
        AssertRefused(
            Request(Policy(start: Noon.AddDays(2), end: Noon.AddDays(1))), psk, MikeyErrorNumber.InvalidTicketPolicy, MikeyFault.Expired);
    }

    [Fact]
    public void Keys_that_cannot_be_made_are_refused()
    {
        var psk = KmsFixture.Psk(KmsFixture.Alice, Suite);
        var spi = KeyValidity.Spi(Spi);
        foreach (var wanted in new[]
        {
            new KeyDataPayload(KeyDataType.Tgk, new byte[15], spi), new KeyDataPayload(KeyDataType.Tgk, new byte[32], spi),
            new KeyDataPayload(KeyDataType.Tgk, new byte[16], default), new KeyDataPayload(KeyDataType.Tgk, new byte[16], KeyValidity.Spi(default)),
            new KeyDataPayload(KeyDataType.Mpk, new byte[16], spi), new KeyDataPayload(KeyDataType.TgkWithSalt, new byte[16], spi, new byte[14]),
        })
        {
            AssertRefused(Request(Policy(keys: [wanted])), psk, MikeyErrorNumber.InvalidTicketPolicy, MikeyFault.BadKeyData);
        }

        var tgk = new KeyDataPayload(KeyDataType.Tgk, new byte[16], spi);
        AssertRefused(
            Request(Policy(keys: [tgk], flags: TicketFlags.HalfRoundTrip | TicketFlags.Forking)), psk, MikeyErrorNumber.InvalidTicketPolicy,
            MikeyFault.BadKeyData);
        AssertRefused(
            Request(TicketPolicy.Create(PrfFunction.Mikey1, TicketFlags.HalfRoundTrip, [new KemacPayload(EncryptionAlgorithm.AesCm128, new byte[30]), Bob])),
            psk, MikeyErrorNumber.InvalidEncryption, MikeyFault.UnsupportedAlgorithm);
        AssertRefused(
            Request(TicketPolicy.Create(PrfFunction.Mikey1, TicketFlags.HalfRoundTrip, [new KemacPayload(EncryptionAlgorithm.Null, new byte[3]), Bob])),
            psk, MikeyErrorNumber.InvalidTicketPolicy, MikeyFault.Truncated);
    }

    [Fact]
    public void A_bare_policy_gets_the_defaults_and_the_change_is_flagged()
    {
        var request = Request(TicketPolicy.Create(PrfFunction.Mikey1, TicketFlags.HalfRoundTrip, [Bob]));
        var reply = _kms.Service.Process(request, Noon);
        Assert.Equal(KmsOutcome.IssuedChanged, reply.Outcome);
        var ticket = MikeyTestMessages.Decode(reply.Message).Payloads.OfType<TicketPayload>().Single();
        Assert.True(ticket.Policy.Flags.Has(TicketFlags.Changed));
        Assert.True(TicketValidity.TryRead(ticket.Policy, out var validity, out _));
        Assert.Equal(Noon.AddMilliseconds(-250), validity.NotBefore);
        Assert.Equal(Noon.AddMilliseconds(-250).AddDays(30), validity.NotAfter);
        using var keys = OpenKeys(request, reply.Message!, KmsFixture.Psk(KmsFixture.Alice, Suite), isForked: false);
        Assert.Equal(KeyDataType.Tgk, Assert.Single(keys.SessionKeys).Type);
    }

    [Fact]
    public void Application_identities_and_rekeying_are_passed_on()
    {
        var application = new IdRolePayload(IdRole.Application, IdType.ByteString, Spi);
        var rekeying = new TimestampRolePayload(TimestampRole.Rekeying, MikeyTimestamp.FromSeconds(600));
        var reply = _kms.Service.Process(Request(TicketPolicy.Create(PrfFunction.Mikey1, TicketFlags.HalfRoundTrip, [application, rekeying, Bob])), Noon);
        var policy = MikeyTestMessages.Decode(reply.Message).Payloads.OfType<TicketPayload>().Single().Policy;
        Assert.Equal(MikeyVectors.Hex(Spi), MikeyVectors.Hex(policy.Payloads.OfType<IdRolePayload>().Single(id => id.Role == IdRole.Application).Data.Span));
        Assert.Equal(600UL, policy.Payloads.OfType<TimestampRolePayload>().Single(item => item.Role == TimestampRole.Rekeying).Timestamp.Value);
        Assert.DoesNotContain(policy.Payloads, payload => payload is KemacPayload);
        AssertRefused(
            Request(TicketPolicy.Create(PrfFunction.Mikey1, TicketFlags.HalfRoundTrip,
                [new TimestampRolePayload(TimestampRole.Rekeying, MikeyTimestamp.FromNtp(default)), Bob])),
            KmsFixture.Psk(KmsFixture.Alice, Suite), MikeyErrorNumber.InvalidTicketPolicy, MikeyFault.BadTimestampType);
    }

    [Fact]
    public void Identities_that_were_left_out_are_taken_from_the_other_side_of_the_mac()
    {
        var psk = KmsFixture.Psk(KmsFixture.Alice, Suite);
        var header = new MikeyHeader(MikeyDataType.RequestInitPsk, true, PrfFunction.Mikey1, 5, EmptyCsIdMap.Instance);
        var rand = new RandRolePayload(RandRole.Initiator, new byte[16]);
        var t = new TimestampPayload(Stamp(Suite).Timestamp);
        using var keys = ProtectionKeys.OfMessage(Suite, psk, LabelKind.InitialMessage, 5, rand.Rand.Span, default);
        var name = new IdRolePayload(IdRole.PreSharedKey, IdType.ByteString, Alice.Data);
        foreach (var who in new[] { name, Alice })
        {
            var message = MikeyEncoder.EncodeProtected(
                header, [t, rand, new TicketPolicyPayload(Policy()), who], MacAlgorithm.HmacSha1, keys.Authentication.Span, Alice.Data.Span, Kms.Data.Span);
            Assert.Equal(KmsOutcome.Issued, _kms.Service.Process(message, Noon).Outcome);
        }

        var nobody = MikeyEncoder.EncodeProtected(
            header, [t, rand, new TicketPolicyPayload(Policy())], MacAlgorithm.HmacSha1, keys.Authentication.Span, Alice.Data.Span, Kms.Data.Span);
        Assert.Equal(KmsOutcome.Malformed, _kms.Service.Process(nobody, Noon).Outcome);
    }

    [Fact]
    public void A_counter_a_short_rand_and_a_missing_policy_are_refused()
    {
        var psk = KmsFixture.Psk(KmsFixture.Alice, Suite);
        var name = new IdRolePayload(IdRole.PreSharedKey, IdType.ByteString, Alice.Data);
        var counter = Stamp(Suite) with { Timestamp = new MikeyTimestamp(TimestampType.Counter, 3) };
        AssertRefused(
            TicketRequestMessages.EncodeInit(counter, new byte[16], Alice, Kms, Policy(), name, psk), psk, MikeyErrorNumber.InvalidTimestamp,
            MikeyFault.BadTimestampType);
        AssertRefused(
            TicketRequestMessages.EncodeInit(Stamp(Suite), new byte[15], Alice, Kms, Policy(), name, psk), psk, MikeyErrorNumber.Unspecified,
            MikeyFault.BadLength);
    }

    [Fact]
    public void A_clock_that_is_too_far_away_is_refused_only_if_that_is_asked_for()
    {
        var strict = new KmsFixture(settings => settings with { MaxClockSkew = TimeSpan.FromMinutes(5) });
        foreach (var (minutes, isIssued) in new[] { (0, true), (5, true), (-5, true), (6, false), (-6, false) })
        {
            using var exchange = strict.Request(Suite);
            var reply = strict.Service.Process(exchange.CreateInit(Noon.AddMinutes(minutes), strict.Random), Noon);
            Assert.Equal(isIssued ? KmsOutcome.Issued : KmsOutcome.Refused, reply.Outcome);
            Assert.Equal(isIssued, exchange.TryComplete(reply.Message, out _, out var failure));
            Assert.Equal(isIssued ? null : "ERR 1 InvalidTimestamp", isIssued ? null : failure.Field);
        }

        using var free = _kms.Request(Suite);
        Assert.Equal(KmsOutcome.Issued, _kms.Service.Process(free.CreateInit(Noon.AddDays(3), _kms.Random), Noon).Outcome);
    }

    [Fact]
    public void What_is_no_authentic_request_gets_no_answer()
    {
        using var exchange = _kms.Request(Suite);
        var request = exchange.CreateInit(Noon, _kms.Random);
        for (var i = 0; i < request.Length; i++)
        {
            var changed = (byte[])request.Clone();
            changed[i] ^= 0x02;
            var reply = _kms.Service.Process(changed, Noon);
            Assert.Null(reply.Message);
            Assert.Contains(reply.Outcome, new[] { KmsOutcome.Malformed, KmsOutcome.Unauthenticated });
            Assert.Null(_kms.Service.Handle(request.AsMemory(0, i), Noon));
        }

        Assert.Null(_kms.Service.Handle(default, Noon));
    }

    [Fact]
    public void Errors_and_responses_are_never_answered()
    {
        using var ticket = _kms.Grant(Suite);
        using var exchange = _kms.Resolve(KmsFixture.Parse(_kms.Build(ticket).Bytes), KmsFixture.Carol);
        var error = _kms.Service.Handle(exchange.CreateInit(Noon, _kms.Random), Noon)!;
        Assert.Equal(MikeyDataType.Error, MikeyTestMessages.Decode(error).Header.DataType);
        Assert.Null(_kms.Service.Handle(error, Noon));
        using var request = _kms.Request(Suite);
        Assert.Null(_kms.Service.Handle(_kms.Service.Handle(request.CreateInit(Noon, _kms.Random), Noon)!, Noon));
        Assert.Null(_kms.Service.Handle(_kms.Build(ticket).Bytes, Noon));
    }

    [Fact]
    public void A_ticket_of_another_kms_or_with_a_changed_policy_does_not_open()
    {
        var foreign = new KmsFixture(settings => settings with { MasterSecret = new byte[32] });
        using var exchange = new TicketRequestExchange(
            KmsFixture.Alice, KmsFixture.Bob, foreign.Settings.Identity, KeyManagementService.DerivePsk(new byte[32], KmsFixture.Alice, Suite), Suite,
            TimeSpan.FromDays(1), true);
        Assert.True(exchange.TryComplete(foreign.Service.Handle(exchange.CreateInit(Noon, foreign.Random), Noon), out var ticket, out _));
        AssertResolveRefused(foreign.Build(ticket!).Bytes);

        using var own = _kms.Grant(Suite);
        var built = _kms.Build(own).Bytes;
        var received = KmsFixture.Parse(built);

        // J is cleared: still a valid policy, but no longer the one that was sealed.
        built[received.Ticket.Offset + 6] ^= 0x04;
        AssertResolveRefused(built);
    }

    [Fact]
    public void Forking_gives_each_responder_its_own_keys()
    {
        var kms = new KmsFixture();
        var flags = TicketFlags.HalfRoundTrip | TicketFlags.Forking | TicketFlags.TransferResponse;
        var tgk = new KeyDataPayload(KeyDataType.Tgk, new byte[16], KeyValidity.Spi(Spi));
        var tek = new KeyDataPayload(KeyDataType.Tek, new byte[16], KeyValidity.Spi(new byte[] { 1 }));
        var policy = TicketPolicy.Create(
            PrfFunction.Mikey1, flags,
            [
                Kms, Alice, new KemacPayload(EncryptionAlgorithm.Null, KeyTransport.Encode([tgk, tek])), Bob,
                IdRolePayload.Uri(IdRole.Responder, KmsFixture.Carol),
            ]);
        var psk = KmsFixture.Psk(KmsFixture.Alice, Suite);
        var request = Request(policy);
        var reply = kms.Service.Process(request, Noon);
        Assert.Equal(KmsOutcome.IssuedChanged, reply.Outcome);
        using var own = OpenKeys(request, reply.Message!, psk, isForked: true);
        var ticket = MikeyTestMessages.Decode(reply.Message).Payloads.OfType<TicketPayload>().Single();

        var perResponder = new HashSet<string> { MikeyVectors.Hex(own.MpkR!.Span), MikeyVectors.Hex(own.SessionKeys[0].Key.Span) };
        foreach (var responder in new[] { KmsFixture.Bob, KmsFixture.Carol })
        {
            var content = new TransferInitContent
            {
                Stamp = Stamp(Suite),
                RandI = new byte[16],
                Initiator = Alice,
                Responder = IdRolePayload.Uri(IdRole.Responder, responder),
                Map = TransferProfile.Map(Spi),
                Policies = [TransferProfile.Policy()],
                Ticket = ticket,
            };
            var received = KmsFixture.Parse(TransferInit.Encode(content, own.MpkI.Span, own.MpkR.Span));
            using var exchange = kms.Resolve(received, responder);
            Assert.True(exchange.TryComplete(kms.Service.Handle(exchange.CreateInit(Noon, kms.Random), Noon), out var resolved, out var failure),
                failure.ToString());
            Assert.True(received.TryVerifyMac(resolved!.MpkI.Span, out failure), failure.ToString());
            Assert.True(perResponder.Add(MikeyVectors.Hex(resolved.MpkR!.Span)));
            Assert.True(perResponder.Add(MikeyVectors.Hex(resolved.SessionKeys[0].Key.Span)));
            Assert.Equal(MikeyVectors.Hex(own.SessionKeys[1].Key.Span), MikeyVectors.Hex(resolved.SessionKeys[1].Key.Span));

            var answer = TransferRespMessage.Encode(received, resolved, Stamp(Suite).Timestamp, default);
            Assert.True(TransferRespMessage.TryVerify(answer, received, own, out var verified, out failure), failure.ToString());
            Assert.Equal(MikeyVectors.Hex(resolved.MpkR.Span), MikeyVectors.Hex(verified!.MessageKey.Span));
            Assert.Equal(MikeyVectors.Hex(resolved.SessionKeys[0].Key.Span), MikeyVectors.Hex(verified.SessionKey(0).Span));

            // Without MPKr nobody can make Initiator Data that the KMS accepts.
            var forged = KmsFixture.Parse(TransferInit.Encode(content, own.MpkI.Span, new byte[16]));
            using var second = kms.Resolve(forged, responder);
            var refusal = kms.Service.Process(second.CreateInit(Noon, kms.Random), Noon);
            Assert.Equal((KmsOutcome.Refused, MikeyFault.MacMismatch, "Initiator Data.Vr"), (refusal.Outcome, refusal.Failure.Fault, refusal.Failure.Field));
        }
    }

    [Fact]
    public void Mutated_requests_never_throw_and_are_never_granted()
    {
        const ulong Seed = 77;
        var random = new SeededRandomSource(Seed);
        using var ticket = _kms.Grant(Suite);
        using var requestExchange = _kms.Request(MikeySuite.Aes256Sha256);
        using var resolveExchange = _kms.Resolve(KmsFixture.Parse(_kms.Build(ticket).Bytes));
        byte[][] samples = [requestExchange.CreateInit(Noon, _kms.Random), resolveExchange.CreateInit(Noon, _kms.Random)];
        for (var i = 0; i < 20_000; i++)
        {
            var original = samples[i % 2];
            var bytes = (byte[])original.Clone();
            for (var changes = 1 + (random.NextUInt64() % 4); changes > 0; changes--)
            {
                bytes[random.NextUInt64() % (uint)bytes.Length] = (byte)random.NextUInt64();
            }

            if (!bytes.AsSpan().SequenceEqual(original))
            {
                Assert.True(_kms.Service.Handle(bytes, Noon) is null, $"seed {Seed}, case {i}: {MikeyVectors.Hex(bytes)}");
            }
        }
    }

    [Fact]
    public void An_authentic_phone_with_a_mutated_policy_gets_an_answer_or_silence_but_never_a_fault()
    {
        const ulong Seed = 6043;
        var random = new SeededRandomSource(Seed);
        var psk = KmsFixture.Psk(KmsFixture.Alice, Suite);
        var original = Request(Policy());
        var policy = MikeyTestMessages.Decode(original).Payloads.OfType<TicketPolicyPayload>().Single();
        using var keys = ProtectionKeys.OfMessage(Suite, psk, LabelKind.InitialMessage, Stamp(Suite).CsbId, new byte[16], default);
        var outcomes = new int[Enum.GetValues<KmsOutcome>().Length];
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])original.Clone();
            for (var changes = 1 + (random.NextUInt64() % 2); changes > 0; changes--)
            {
                var at = policy.Offset + 1 + (int)(random.NextUInt64() % (uint)policy.BodyLength);
                bytes[at] = random.NextUInt64() % 2 == 0 ? (byte)(random.NextUInt64() % 24) : (byte)(bytes[at] ^ (1 << (int)(random.NextUInt64() % 8)));
            }

            var mac = bytes.AsSpan(bytes.Length - 20);
            MikeyMac.Compute(MacAlgorithm.HmacSha1, keys.Authentication.Span,
                new MacInput(bytes.AsSpan(0, bytes.Length - 20), Alice.Data.Span, Kms.Data.Span), mac);
            var reply = _kms.Service.Process(bytes, Noon);
            outcomes[(int)reply.Outcome]++;
            Assert.Equal(reply.Outcome is KmsOutcome.Malformed or KmsOutcome.Unauthenticated, reply.Message is null);
            if (reply.Outcome is KmsOutcome.Issued or KmsOutcome.IssuedChanged)
            {
                var granted = MikeyTestMessages.Decode(reply.Message).Payloads.OfType<TicketPayload>().Single().Policy;
                Assert.True(TicketFlagRules.AreConsistent(granted.Flags), $"seed {Seed}, case {i}");
                Assert.True(TicketValidity.TryRead(granted, out var validity, out _));
                Assert.InRange(validity.NotAfter, Noon, Noon.AddDays(30));
            }
        }

        Assert.All([KmsOutcome.Issued, KmsOutcome.IssuedChanged, KmsOutcome.Refused, KmsOutcome.Malformed],
            outcome => Assert.NotEqual(0, outcomes[(int)outcome]));
    }

    [Fact]
    public void Settings_that_cannot_work_are_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new KmsFixture(settings => settings with { MasterSecret = new byte[15] }));
        Assert.Throws<ArgumentException>(() => new KmsFixture(settings => settings with { Identity = string.Empty }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KmsFixture(settings => settings with { MaxTicketLifetime = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KmsFixture(settings => settings with { ResolveGrace = TimeSpan.FromTicks(-1) }));
    }

    private static MessageStamp Stamp(MikeySuite suite) => new(suite, 0x01020304, MikeyTimestamp.FromNtp(NtpTimestamp.FromUtc(Noon)));

    private static TicketPolicy Policy(
        DateTimeOffset? start = null, DateTimeOffset? end = null, IdRolePayload[]? responders = null, KeyDataPayload[]? keys = null, TicketFlags? flags = null)
    {
        keys ??= [new KeyDataPayload(KeyDataType.Tgk, new byte[16], KeyValidity.Spi(Spi))];
        MikeyPayload[] payloads =
        [
            IdRolePayload.Uri(IdRole.Kms, new KmsSettings { MasterSecret = default }.Identity), Alice,
            new TimestampRolePayload(TimestampRole.Start, MikeyTimestamp.FromNtp(NtpTimestamp.FromUtc(start ?? Noon))),
            new TimestampRolePayload(TimestampRole.End, MikeyTimestamp.FromNtp(NtpTimestamp.FromUtc(end ?? Noon.AddDays(1)))),
            new KemacPayload(EncryptionAlgorithm.Null, KeyTransport.Encode(keys)), .. responders ?? [Bob],
        ];
        return TicketPolicy.Create(PrfFunction.Mikey1, flags ?? TicketFlags.HalfRoundTrip, payloads);
    }

    private byte[] Request(TicketPolicy policy, IdRolePayload? kms = null) =>
        TicketRequestMessages.EncodeInit(
            Stamp(Suite), new byte[16], Alice, kms ?? Kms, policy, new IdRolePayload(IdRole.PreSharedKey, IdType.ByteString, Alice.Data),
            KmsFixture.Psk(KmsFixture.Alice, Suite));

    private static ReceivedKeys OpenKeys(byte[] request, byte[] answer, byte[] psk, bool isForked)
    {
        var state = new KmsRequestState(Stamp(Suite), new byte[16], default, request);
        Assert.True(state.TryVerify(answer, MikeyDataType.RequestResp, psk, out var message, out var keys, out var failure), failure.ToString());
        using (keys)
        {
            Assert.True(ReceivedKeys.TryOpen(message!, keys!, isForked, out var received, out failure), failure.ToString());
            return received!;
        }
    }

    /// <summary>The number on the wire, authenticated with the key of the request, and the reason given to the operator.</summary>
    private void AssertRefused(byte[] request, byte[] psk, MikeyErrorNumber number, MikeyFault fault)
    {
        var reply = _kms.Service.Process(request, Noon);
        Assert.Equal((KmsOutcome.Refused, fault), (reply.Outcome, reply.Failure.Fault));
        var sent = MikeyTestMessages.Decode(request);
        var rand = sent.Payloads.OfType<RandRolePayload>().Single();
        var isForTicket = rand.Role == RandRole.Initiator;
        var state = new KmsRequestState(Stamp(Suite), isForTicket ? rand.Rand : default, isForTicket ? default : rand.Rand, request);
        Assert.False(state.TryVerify(reply.Message, MikeyDataType.RequestResp, psk, out _, out _, out var failure));
        Assert.Equal((MikeyFault.KmsError, $"ERR {(byte)number} {number}"), (failure.Fault, failure.Field));

        // An Error that anybody could have made is a hint only.
        var forged = (byte[])reply.Message!.Clone();
        forged[^1] ^= 1;
        Assert.False(state.TryVerify(forged, MikeyDataType.RequestResp, psk, out _, out _, out failure));
        Assert.Equal(MikeyFault.UnauthenticatedError, failure.Fault);
    }

    private void AssertResolveRefused(byte[] transferInit)
    {
        using var exchange = _kms.Resolve(KmsFixture.Parse(transferInit));
        var reply = _kms.Service.Process(exchange.CreateInit(Noon, _kms.Random), Noon);
        Assert.Equal((KmsOutcome.Refused, MikeyFault.MacMismatch), (reply.Outcome, reply.Failure.Fault));
        Assert.False(exchange.TryComplete(reply.Message, out _, out var failure));
        Assert.Equal((MikeyFault.KmsError, "ERR 14 InvalidTicket"), (failure.Fault, failure.Field));
    }
}
