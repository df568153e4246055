using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Exchanges;
using UeFarm.Protocol.Mikey.Payloads;
using UeFarm.Protocol.Tests.Mikey;
using Xunit;

namespace UeFarm.Protocol.Tests.Kms;

/// <summary>The phone's sides: what an answer must be, and what a ticket may be used for.</summary>
public sealed class TicketExchangeTests
{
    private const MikeySuite Suite = MikeySuite.Aes128Sha1;

    private readonly KmsFixture _kms = new();

    [Fact]
    public void Nothing_can_be_completed_before_it_was_begun()
    {
        using var request = _kms.Request(Suite);
        Assert.Throws<InvalidOperationException>(() => request.TryComplete(default, out _, out _));
        using var ticket = _kms.Grant(Suite);
        using var resolve = _kms.Resolve(KmsFixture.Parse(_kms.Build(ticket).Bytes));
        Assert.Throws<InvalidOperationException>(() => resolve.TryComplete(default, out _, out _));
    }

    [Fact]
    public void Arguments_that_do_not_fit_are_programming_errors()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TicketRequestExchange("a", "b", "k", new byte[32], Suite, TimeSpan.FromDays(1), true));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TicketRequestExchange("a", "b", "k", new byte[16], Suite, TimeSpan.Zero, true));
        Assert.Throws<ArgumentException>(() => new TicketRequestExchange(string.Empty, "b", "k", new byte[16], Suite, TimeSpan.FromDays(1), true));
    }

    [Fact]
    public void A_bad_answer_leaves_the_exchange_open_for_the_right_one()
    {
        using var exchange = _kms.Request(Suite);
        var answer = _kms.Service.Handle(exchange.CreateInit(KmsFixture.Noon, _kms.Random), KmsFixture.Noon)!;
        var changed = (byte[])answer.Clone();
        changed[^1] ^= 1;
        Assert.False(exchange.TryComplete(changed, out var ticket, out var failure));
        Assert.Null(ticket);
        Assert.Equal(MikeyFault.MacMismatch, failure.Fault);
        Assert.True(exchange.TryComplete(answer, out ticket, out failure), failure.ToString());
        ticket!.Dispose();
    }

    [Fact]
    public void The_answer_to_an_earlier_request_no_longer_fits()
    {
        using var exchange = _kms.Request(Suite);
        var first = _kms.Service.Handle(exchange.CreateInit(KmsFixture.Noon, _kms.Random), KmsFixture.Noon)!;
        exchange.CreateInit(KmsFixture.Noon, _kms.Random);
        Assert.False(exchange.TryComplete(first, out _, out var failure));
        Assert.Equal(MikeyFault.WrongExchange, failure.Fault);
    }

    [Fact]
    public void A_ticket_that_was_not_asked_for_is_not_accepted()
    {
        var profile = TicketFlags.HalfRoundTrip;
        AssertGranted(MikeyFault.None, (_, p) => p);
        AssertGranted(MikeyFault.PolicyNotAcceptable, (_, p) => p, flags: profile | TicketFlags.Reusable);
        AssertGranted(MikeyFault.PolicyNotAcceptable, (_, p) => p, flags: profile | TicketFlags.TransferResponse);
        AssertGranted(MikeyFault.PolicyNotAcceptable, (_, p) => p, flags: profile | TicketFlags.InitiatorKeys);
        AssertGranted(MikeyFault.None, (_, p) => p, flags: profile | TicketFlags.Changed);
        AssertGranted(MikeyFault.BadTicket, (_, p) => p, type: 2);
        AssertGranted(MikeyFault.IdentityMismatch, (_, p) => [.. p.Where(x => x is not IdRolePayload { Role: IdRole.Initiator })]);
        AssertGranted(MikeyFault.IdentityMismatch, (_, p) => [.. p.Where(x => x is not IdRolePayload { Role: IdRole.Responder })]);
        AssertGranted(MikeyFault.DuplicatePayload, (_, p) => [.. p, IdRolePayload.Uri(IdRole.Responder, KmsFixture.Carol)]);
        AssertGranted(MikeyFault.PolicyNotAcceptable, (_, p) => [.. p.Where(x => x is not TimestampRolePayload { Role: TimestampRole.End })]);
        foreach (var (shift, fault) in new[]
        {
            (1, MikeyFault.PolicyNotAcceptable), (0, MikeyFault.None), (-60, MikeyFault.None), (-100_000, MikeyFault.PolicyNotAcceptable),
        })
        {
            AssertGranted(fault, (end, p) => [.. p.Select(x => x is TimestampRolePayload { Role: TimestampRole.End } ? End((uint)(end + shift)) : x)]);
        }
    }

    [Theory]
    [InlineData("TEK instead of TGK")]
    [InlineData("no session key")]
    [InlineData("two session keys")]
    [InlineData("another SPI")]
    [InlineData("no SPI")]
    [InlineData("short key")]
    [InlineData("no MPK")]
    [InlineData("two MPKs")]
    public void Keys_that_were_not_asked_for_are_not_accepted(string what)
    {
        AssertGranted(MikeyFault.BadKeyData, (_, p) => p, keys: (mpk, tgk) => what switch
        {
            "TEK instead of TGK" => [mpk, new KeyDataPayload(KeyDataType.Tek, tgk.Key, tgk.Validity)],
            "no session key" => [mpk],
            "two session keys" => [mpk, tgk, tgk],
            "another SPI" => [mpk, new KeyDataPayload(KeyDataType.Tgk, tgk.Key, KeyValidity.Spi(new byte[4]))],
            "no SPI" => [mpk, new KeyDataPayload(KeyDataType.Tgk, tgk.Key, default)],
            "short key" => [mpk, new KeyDataPayload(KeyDataType.Tgk, tgk.Key[1..], tgk.Validity)],
            "no MPK" => [tgk],
            _ => [mpk, mpk, tgk],
        });
    }

    [Fact]
    public void Keys_of_one_ticket_do_not_open_a_message_under_another()
    {
        using var first = _kms.Grant(Suite);
        using var second = _kms.Grant(Suite);
        var received = KmsFixture.Parse(_kms.Build(first).Bytes);
        using var other = _kms.ResolveNow(KmsFixture.Parse(_kms.Build(second).Bytes));
        Assert.NotEqual(received.TicketKey, other.TicketKey);
        Assert.False(received.TryVerify(other, out var kek, out var failure));
        Assert.Null(kek);
        Assert.Equal(MikeyFault.BadTicket, failure.Fault);
    }

    [Fact]
    public void A_disposed_ticket_cannot_be_used()
    {
        var ticket = _kms.Grant(Suite);
        var received = KmsFixture.Parse(_kms.Build(ticket).Bytes);
        var resolved = _kms.ResolveNow(received);
        ticket.Dispose();
        resolved.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _kms.Build(ticket));
        Assert.Throws<ObjectDisposedException>(() => received.TryVerify(resolved, out _, out _));
    }

    [Fact]
    public void Messages_under_one_ticket_have_fresh_ids_rands_and_keys_and_the_given_time()
    {
        using var ticket = _kms.Grant(Suite);
        var csbIds = new HashSet<uint>();
        var keks = new HashSet<string>();
        for (var i = 0; i < 200; i++)
        {
            var built = _kms.Build(ticket, TimeSpan.FromMilliseconds(i));
            Assert.Equal(NtpTimestamp.FromUtc(KmsFixture.Noon.AddMilliseconds(i)), built.Timestamp);
            var received = KmsFixture.Parse(built.Bytes);
            Assert.True(csbIds.Add(received.Header.CsbId));
            Assert.True(keks.Add(MikeyVectors.Hex(built.Kek)));
        }
    }

    [Fact]
    public void The_cached_form_of_a_message_is_what_the_full_encoder_writes()
    {
        using var ticket = _kms.Grant(MikeySuite.Aes256Sha256);
        var built = _kms.Build(ticket);
        var received = KmsFixture.Parse(built.Bytes);
        var content = new TransferInitContent
        {
            Stamp = new MessageStamp(MikeySuite.Aes256Sha256, received.Header.CsbId, MikeyTimestamp.FromNtp(built.Timestamp)),
            RandI = received.RandI.ToArray(),
            Initiator = IdRolePayload.Uri(IdRole.Initiator, KmsFixture.Alice),
            Responder = IdRolePayload.Uri(IdRole.Responder, KmsFixture.Bob),
            Map = TransferProfile.Map(ticket.SessionKey.Spi),
            Policies = [TransferProfile.Policy()],
            Ticket = received.Ticket,
        };
        Assert.Equal(MikeyVectors.Hex(TransferInit.Encode(content, ticket.MpkI.Span, default)), MikeyVectors.Hex(built.Bytes));
    }

    [Fact]
    public void Building_allocates_little_more_than_what_it_hands_out()
    {
        using var ticket = _kms.Grant(Suite);
        var timestamp = NtpTimestamp.FromUtc(KmsFixture.Noon);
        var size = _kms.Build(ticket).Bytes.Length;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            _ = TransferInit.Build(ticket, timestamp, _kms.Random);
        }

        var perMessage = (GC.GetAllocatedBytesForCurrentThread() - before) / 100;
        Assert.InRange(perMessage, size, size + 250);
    }

    [Fact]
    public void Parsing_and_verifying_allocates_within_its_budget()
    {
        using var ticket = _kms.Grant(Suite);
        var bytes = _kms.Build(ticket).Bytes;
        using var resolved = _kms.ResolveNow(KmsFixture.Parse(bytes));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            _ = ReceivedTransferInit.TryParse(bytes, out var received, out _);
            _ = received!.TryVerify(resolved, out _, out _);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 1, 2500);
    }

    private static TimestampRolePayload End(uint seconds) => new(TimestampRole.End, MikeyTimestamp.FromSeconds(seconds));

    /// <summary>A KMS that is authentic but grants something of its own: made from the request by hand.</summary>
    private void AssertGranted(
        MikeyFault expected, Func<uint, MikeyPayload[], MikeyPayload[]> change, TicketFlags flags = TicketFlags.HalfRoundTrip, ushort type = 1,
        Func<KeyDataPayload, KeyDataPayload, KeyDataPayload[]>? keys = null)
    {
        using var exchange = _kms.Request(Suite, isReusable: false);
        var request = exchange.CreateInit(KmsFixture.Noon, _kms.Random);
        var sent = MikeyTestMessages.Decode(request);
        var requested = sent.Payloads.OfType<TicketPolicyPayload>().Single().Policy;
        Assert.True(KeyDataPayload.TryReadAll(requested.Payloads.OfType<KemacPayload>().Single().EncryptedData, MikeyLimits.Default, out var wanted, out _));
        var end = (uint)requested.Payloads.OfType<TimestampRolePayload>().Single(item => item.Role == TimestampRole.End).Timestamp.Value;
        var policy = TicketPolicy.Create(
            type, 1, 1, PrfFunction.Mikey1, flags, change(end, [.. requested.Payloads.Where(payload => payload is not KemacPayload)]));
        var rand = new byte[16];
        var mpk = new KeyDataPayload(KeyDataType.Mpk, new byte[16], KeyValidity.Spi(new byte[] { 1 }));
        var ticket = BaseTicket.Seal(policy, Suite, new byte[16], null, MikeyTimestamp.FromNtp(default), rand, [mpk, wanted[0]]);
        var randI = sent.Payloads.OfType<RandRolePayload>().Single().Rand;
        var stamp = new MessageStamp(Suite, sent.Header.CsbId, MikeyTimestamp.FromNtp(NtpTimestamp.FromUtc(KmsFixture.Noon)));
        var kms = IdRolePayload.Uri(IdRole.Kms, _kms.Settings.Identity);
        var answer = TicketRequestMessages.EncodeResponse(
            stamp, randI.Span, kms, ticket, keys?.Invoke(mpk, wanted[0]) ?? [mpk, wanted[0]], KmsFixture.Psk(KmsFixture.Alice, Suite), request);
        Assert.Equal(expected == MikeyFault.None, exchange.TryComplete(answer, out var granted, out var failure));
        Assert.Equal(expected, failure.Fault);
        granted?.Dispose();
    }
}
