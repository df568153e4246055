using System.Net;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;
using Xunit;
using static UeFarm.Protocol.Tests.Sip.SipSamples;

namespace UeFarm.Protocol.Tests.Sip.Transactions;

public sealed class SipTransactionLayerTests
{
    private static readonly SipHop Tcp = new(SipTransportKind.Tcp, new IPEndPoint(IPAddress.Parse("198.51.100.7"), 40001), 17);
    private static readonly SipHop Peer = new(SipTransportKind.Udp, new IPEndPoint(IPAddress.Parse("198.51.100.1"), 5060), 0);

    [Fact]
    public void A_request_is_sent_and_its_response_comes_back_with_the_token()
    {
        var layer = new SipTransactionLayer(SipTimers.Default);
        var bytes = MessageBytes("z9hG4bKa");
        layer.SendRequest(42, "z9hG4bKa", SipMethod.Message, bytes, Peer, At(0));
        Assert.Equal(1, layer.PendingClients);
        var sent = Assert.Single(Take(layer));
        Assert.Equal((SipTransactionEffectKind.Transmit, Peer, 42L), (sent.Kind, sent.Hop, sent.Token));
        Assert.Equal(bytes, sent.Bytes.ToArray());

        layer.HandleMessage(ResponseTo("z9hG4bKa", 100), Peer, At(0.1));
        layer.HandleMessage(ResponseTo("z9hG4bKa", 200), Peer, At(0.2));
        layer.HandleMessage(ResponseTo("z9hG4bKa", 200), Peer, At(0.3));
        var effects = Take(layer);
        Assert.Equal([100, 200], effects.Select(effect => effect.Response!.StatusCode));
        Assert.All(effects, effect => Assert.Equal((SipTransactionEffectKind.ResponseReceived, 42L), (effect.Kind, effect.Token)));
        Assert.Equal(0, layer.PendingClients);
        Assert.Equal(At(5.2), layer.NextDeadline);

        layer.HandleTimeout(At(5.2));
        Assert.Equal(Instant.Never, layer.NextDeadline);
        layer.HandleMessage(ResponseTo("z9hG4bKa", 200), Peer, At(5.3));
        Assert.Equal(SipTransactionEffectKind.StrayResponse, Assert.Single(Take(layer)).Kind);
    }

    [Fact]
    public void Datagram_requests_are_repeated_at_the_exact_times_and_then_time_out()
    {
        var layer = new SipTransactionLayer(SipTimers.Default);
        layer.SendRequest(1, "z9hG4bKa", SipMethod.Message, MessageBytes("z9hG4bKa"), Peer, At(0));
        var times = new List<double>();
        var now = At(0);
        while (true)
        {
            var effect = Assert.Single(Take(layer));
            if (effect.Kind == SipTransactionEffectKind.ClientTimedOut)
            {
                Assert.Equal(1, effect.Token);
                break;
            }

            Assert.Equal(SipTransactionEffectKind.Transmit, effect.Kind);
            times.Add((now - At(0)).TotalSeconds);
            now = layer.NextDeadline;
            layer.HandleTimeout(now);
        }

        Assert.Equal([0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5], times);
        Assert.Equal(At(32), now);
        Assert.Equal((0, Instant.Never), (layer.PendingClients, layer.NextDeadline));
    }

    [Theory]
    [InlineData("z9hG4bKb", SipMethod.Message)]
    [InlineData("z9hG4bKA", SipMethod.Message)]
    [InlineData("z9hG4bKa", SipMethod.Register)]
    public void A_response_matches_by_branch_and_method(string branch, SipMethod method)
    {
        var layer = new SipTransactionLayer(SipTimers.Default);
        layer.SendRequest(1, "z9hG4bKa", SipMethod.Message, MessageBytes("z9hG4bKa"), Peer, At(0));
        Take(layer);
        layer.HandleMessage(ResponseTo(branch, 200, method), Peer, At(0));
        Assert.Equal(SipTransactionEffectKind.StrayResponse, Assert.Single(Take(layer)).Kind);
        Assert.Equal(1, layer.PendingClients);
    }

    [Fact]
    public void An_abandoned_request_is_forgotten()
    {
        var layer = new SipTransactionLayer(SipTimers.Default);
        layer.SendRequest(1, "z9hG4bKa", SipMethod.Message, MessageBytes("z9hG4bKa"), Peer, At(0));
        Take(layer);
        Assert.False(layer.Abandon(2));
        Assert.True(layer.Abandon(1));
        Assert.False(layer.Abandon(1));
        Assert.Equal((0, Instant.Never), (layer.PendingClients, layer.NextDeadline));
        layer.HandleMessage(ResponseTo("z9hG4bKa", 200), Peer, At(1));
        Assert.Equal(SipTransactionEffectKind.StrayResponse, Assert.Single(Take(layer)).Kind);
    }

    [Fact]
    public void A_token_may_be_used_again_while_its_old_transaction_absorbs_copies()
    {
        var layer = new SipTransactionLayer(SipTimers.Default);
        layer.SendRequest(1, "z9hG4bKa", SipMethod.Message, MessageBytes("z9hG4bKa"), Peer, At(0));
        layer.HandleMessage(ResponseTo("z9hG4bKa", 401), Peer, At(0));
        Assert.False(layer.Abandon(1));
        layer.SendRequest(1, "z9hG4bKb", SipMethod.Message, MessageBytes("z9hG4bKb"), Peer, At(0));
        Take(layer);
        Assert.True(layer.Abandon(1));
        Assert.Equal(0, layer.PendingClients);
    }

    [Fact]
    public void A_request_is_delivered_once_and_its_copies_are_answered_from_memory()
    {
        var layer = new SipTransactionLayer(SipTimers.Default);
        layer.HandleMessage(IncomingMessage(), Source, At(0));
        var received = Assert.Single(Take(layer));
        Assert.Equal(SipTransactionEffectKind.RequestReceived, received.Kind);
        var transaction = received.ServerTransaction!;
        Assert.Equal(Source, transaction.From);
        Assert.Equal(SipMethod.Message, transaction.Request.Method);

        layer.HandleMessage(IncomingMessage(), Source, At(0.5));
        Assert.Empty(Take(layer));

        var answer = SipForwarding.Respond(transaction.Request, 200, "t", Source);
        layer.Respond(transaction, 200, answer, At(1));
        layer.Respond(transaction, 500, SipForwarding.Respond(transaction.Request, 500, "t", Source), At(1));
        layer.HandleMessage(IncomingMessage(), Source, At(1.5));
        var effects = Take(layer);
        Assert.Equal(2, effects.Count);
        Assert.All(effects, effect =>
        {
            Assert.Equal((SipTransactionEffectKind.Transmit, Source), (effect.Kind, effect.Hop));
            Assert.Equal(answer, effect.Bytes.ToArray());
        });

        layer.HandleTimeout(At(33));
        Assert.Equal((0, Instant.Never), (layer.LiveServers, layer.NextDeadline));
        layer.HandleMessage(IncomingMessage(), Source, At(33));
        Assert.Equal(SipTransactionEffectKind.RequestReceived, Assert.Single(Take(layer)).Kind);
    }

    [Fact]
    public void An_answered_stream_transaction_is_gone_at_once()
    {
        var layer = new SipTransactionLayer(SipTimers.Default);
        layer.HandleMessage(IncomingMessage(), Tcp, At(0));
        var transaction = Assert.Single(Take(layer)).ServerTransaction!;
        layer.Respond(transaction, 200, SipForwarding.Respond(transaction.Request, 200, "t", Tcp), At(0));
        Assert.Equal((0, Instant.Never), (layer.LiveServers, layer.NextDeadline));
        Assert.Equal(17, Assert.Single(Take(layer)).Hop.Flow);
        layer.Respond(transaction, 200, SipForwarding.Respond(transaction.Request, 200, "t", Tcp), At(0));
        Assert.Empty(Take(layer));
    }

    [Fact]
    public void A_slow_answer_is_announced_with_100_and_dropped_after_64_T1()
    {
        var layer = new SipTransactionLayer(SipTimers.Default);
        layer.HandleMessage(IncomingMessage(), Source, At(0));
        var transaction = Assert.Single(Take(layer)).ServerTransaction!;
        Assert.Equal(At(3.5), layer.NextDeadline);
        layer.HandleTimeout(At(3.5));
        var trying = Assert.Single(Take(layer));
        Assert.StartsWith("SIP/2.0 100 Trying\r\n", Text(trying.Bytes.Span), StringComparison.Ordinal);
        Assert.Contains("To: <sip:bob@example.com>\r\n", Text(trying.Bytes.Span), StringComparison.Ordinal);
        layer.HandleMessage(IncomingMessage(), Source, At(7.5));
        Assert.Equal(trying.Bytes.ToArray(), Assert.Single(Take(layer)).Bytes.ToArray());
        layer.HandleTimeout(At(32));
        layer.Respond(transaction, 200, SipForwarding.Respond(transaction.Request, 200, "t", Source), At(32));
        Assert.Empty(Take(layer));
        Assert.Equal(0, layer.LiveServers);
    }

    // RFC 3261 section 17.2.3: branch, sent-by and method tell requests apart.
    [Theory]
    [InlineData("branch=z9hG4bK7f3a91c2d0e4", "branch=z9hG4bKother", false)]
    [InlineData("192.0.2.10:5060;", "192.0.2.10:5061;", false)]
    [InlineData("192.0.2.10:5060;", "192.0.2.11:5060;", false)]
    [InlineData("MESSAGE", "OPTIONS", false)]
    [InlineData("Max-Forwards: 70", "Max-Forwards: 69", true)]
    [InlineData("sip:bob@example.com SIP", "sip:carol@example.com SIP", true)]
    public void Requests_match_by_branch_sent_by_and_method(string find, string replace, bool isCopy)
    {
        foreach (var crowd in new[] { 0, 50 })
        {
            var layer = new SipTransactionLayer(SipTimers.Default);
            Crowd(layer, crowd);
            layer.HandleMessage(IncomingMessage(), Source, At(0));
            layer.HandleMessage(Request(PlainMessage.Replace(find, replace, StringComparison.Ordinal)), Source, At(0));
            Assert.Equal(crowd + (isCopy ? 1 : 2), Take(layer).Count);
        }
    }

    // Without the cookie: Request-URI, tags, Call-ID, CSeq and the top Via.
    [Theory]
    [InlineData("Max-Forwards: 70", "Max-Forwards: 69", true)]
    [InlineData("sip:bob@example.com SIP", "sip:carol@example.com SIP", false)]
    [InlineData("tag=a73kszlfl", "tag=other", false)]
    [InlineData("To: <sip:bob@example.com>", "To: <sip:bob@example.com>;tag=x", false)]
    [InlineData("Call-ID: 4", "Call-ID: 5", false)]
    [InlineData("CSeq: 1", "CSeq: 2", false)]
    [InlineData("192.0.2.10:5060", "192.0.2.10:5061", false)]
    public void Requests_without_the_cookie_match_the_old_way(string find, string replace, bool isCopy)
    {
        foreach (var branch in new[] { "", ";branch=z9hG4bK", ";branch=1" })
        {
            var text = PlainMessage.Replace(";branch=z9hG4bK7f3a91c2d0e4", branch, StringComparison.Ordinal);
            var layer = new SipTransactionLayer(SipTimers.Default);
            layer.HandleMessage(Request(text), Source, At(0));
            layer.HandleMessage(Request(text.Replace(find, replace, StringComparison.Ordinal)), Source, At(0));
            Assert.Equal(isCopy ? 1 : 2, Take(layer).Count);
        }
    }

    [Theory]
    [InlineData("host:6000;rport", SipTransportKind.Udp, 0, 40001)]
    [InlineData("host:6000", SipTransportKind.Udp, 0, 6000)]
    [InlineData("host", SipTransportKind.Udp, 0, 5060)]
    [InlineData("host:6000", SipTransportKind.Memory, 0, 6000)]
    [InlineData("host:6000;rport", SipTransportKind.Tcp, 17, 6000)]
    [InlineData("host", SipTransportKind.Tcp, 17, 5060)]
    [InlineData("host:6000", SipTransportKind.Tcp, 0, 40001)]
    public void Responses_go_where_the_rules_say(string sentBy, SipTransportKind transport, long flow, int expectedPort)
    {
        var source = Source with { Transport = transport, Flow = flow };
        var layer = new SipTransactionLayer(SipTimers.Default);
        layer.HandleMessage(Request(With("Via", "Via: SIP/2.0/UDP " + sentBy + ";branch=z9hG4bKx;maddr=203.0.113.9")), source, At(0));
        var hop = Assert.Single(Take(layer)).ServerTransaction!.ResponseHop;
        Assert.Equal(source with { EndPoint = new IPEndPoint(source.EndPoint.Address, expectedPort) }, hop);
    }

    [Fact]
    public void A_request_on_two_paths_is_refused_where_asked_for()
    {
        var layer = new SipTransactionLayer(SipTimers.Default) { RefusesMergedRequests = true };
        layer.HandleMessage(IncomingMessage(), Source, At(0));
        Take(layer);
        layer.HandleMessage(Request(PlainMessage.Replace("z9hG4bK7f", "z9hG4bKother", StringComparison.Ordinal)), Source, At(0));
        var refusal = Assert.Single(Take(layer));
        Assert.StartsWith("SIP/2.0 482 ", Text(refusal.Bytes.Span), StringComparison.Ordinal);
        Assert.Matches("To: <sip:bob@example.com>;tag=[0-9a-f]+\r\n", Text(refusal.Bytes.Span));
        var next = PlainMessage.Replace("z9hG4bK7f", "z9hG4bKnext", StringComparison.Ordinal).Replace("CSeq: 1", "CSeq: 2", StringComparison.Ordinal);
        layer.HandleMessage(Request(next), Source, At(0));
        Assert.Equal(SipTransactionEffectKind.RequestReceived, Assert.Single(Take(layer)).Kind);
    }

    [Fact]
    public void Beyond_the_limit_new_requests_are_answered_503_and_nothing_is_kept()
    {
        var layer = new SipTransactionLayer(SipTimers.Default) { MaxServerTransactions = 3 };
        Crowd(layer, 3);
        Take(layer);
        layer.HandleMessage(IncomingMessage(), Source, At(0));
        Assert.StartsWith("SIP/2.0 503 ", Text(Assert.Single(Take(layer)).Bytes.Span), StringComparison.Ordinal);
        Assert.Equal(3, layer.LiveServers);
    }

    [Fact]
    public void ACK_is_dropped()
    {
        var layer = new SipTransactionLayer(SipTimers.Default);
        layer.HandleMessage(Request(PlainMessage.Replace("MESSAGE", "ACK", StringComparison.Ordinal)), Source, At(0));
        Assert.Empty(Take(layer));
        Assert.Equal(0, layer.LiveServers);
    }

    [Fact]
    public void A_failed_flow_fails_what_is_pending_on_it_and_nothing_else()
    {
        foreach (var crowd in new[] { 0, 30 })
        {
            var layer = new SipTransactionLayer(SipTimers.Default);
            Crowd(layer, crowd);
            var other = Tcp with { Flow = 18 };
            var byAddress = Tcp with { Flow = 0 };
            var elsewhere = byAddress with { EndPoint = new IPEndPoint(IPAddress.Loopback, 1) };
            layer.SendRequest(1, "z9hG4bK1", SipMethod.Message, MessageBytes("z9hG4bK1"), Tcp, At(0));
            layer.SendRequest(2, "z9hG4bK2", SipMethod.Message, MessageBytes("z9hG4bK2"), other, At(0));
            layer.SendRequest(3, "z9hG4bK3", SipMethod.Message, MessageBytes("z9hG4bK3"), byAddress, At(0));
            layer.SendRequest(4, "z9hG4bK4", SipMethod.Message, MessageBytes("z9hG4bK4"), elsewhere, At(0));
            layer.SendRequest(5, "z9hG4bK5", SipMethod.Message, MessageBytes("z9hG4bK5"), Tcp, At(0));
            layer.HandleMessage(ResponseTo("z9hG4bK5", 200), Tcp, At(0));
            Take(layer);
            layer.HandleTransportFailure(Tcp, At(1));
            var failed = Take(layer);
            Assert.Equal([1, 3], failed.Select(effect => effect.Token).Order());
            Assert.All(failed, effect => Assert.Equal(SipTransactionEffectKind.ClientTransportFailed, effect.Kind));
            Assert.Equal(2, layer.PendingClients);
            Assert.Equal(crowd, layer.LiveServers);
        }
    }

    [Fact]
    public void What_timed_out_before_the_failure_has_timed_out()
    {
        var layer = new SipTransactionLayer(SipTimers.Default);
        layer.SendRequest(1, "z9hG4bK1", SipMethod.Message, MessageBytes("z9hG4bK1"), Tcp, At(0));
        Take(layer);
        layer.HandleTransportFailure(Tcp, At(32));
        Assert.Equal(SipTransactionEffectKind.ClientTimedOut, Assert.Single(Take(layer)).Kind);
    }

    [Fact]
    public void A_hundred_thousand_pending_requests_end_each_once()
    {
        const int count = 100_000;
        var layer = new SipTransactionLayer(SipTimers.Default);
        var bytes = MessageBytes("z9hG4bKx");
        var ended = new int[count];
        for (var token = 0; token < count; token++)
        {
            layer.SendRequest(token, "z9hG4bK" + token, SipMethod.Message, bytes, token % 2 == 0 ? Peer : Tcp, At(token / 10_000.0));
            Assert.True(layer.TryTakeEffect(out var sent));
            Assert.Equal(token, sent.Token);
        }

        Assert.Equal(count, layer.PendingClients);
        for (var token = 0; token < count; token += 3)
        {
            layer.HandleMessage(ResponseTo("z9hG4bK" + token, 200), Peer, At(10));
        }

        while (layer.NextDeadline < Instant.Never)
        {
            layer.HandleTimeout(layer.NextDeadline);
            while (layer.TryTakeEffect(out var effect))
            {
                ended[effect.Token] += effect.Kind is SipTransactionEffectKind.ClientTimedOut or SipTransactionEffectKind.ResponseReceived ? 1 : 0;
            }
        }

        Assert.All(ended, times => Assert.Equal(1, times));
        Assert.Equal(0, layer.PendingClients);
    }

    [Fact]
    public void Effects_come_in_order_however_many_there_are()
    {
        var layer = new SipTransactionLayer(SipTimers.Default);
        var expected = new Queue<long>();
        for (var token = 0; token < 300; token++)
        {
            layer.SendRequest(token, "z9hG4bK" + token, SipMethod.Message, default, Peer, At(0));
            expected.Enqueue(token);
            if (token % 3 == 0)
            {
                Assert.True(layer.TryTakeEffect(out var effect));
                Assert.Equal(expected.Dequeue(), effect.Token);
            }
        }

        while (layer.TryTakeEffect(out var effect))
        {
            Assert.Equal(expected.Dequeue(), effect.Token);
        }

        Assert.Empty(expected);
    }

    [Fact]
    public void Impossible_timers_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SipTransactionLayer(new SipTimers { T1 = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SipTransactionLayer(new SipTimers { T2 = TimeSpan.FromMilliseconds(1) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SipTransactionLayer(new SipTimers { T4 = TimeSpan.FromSeconds(-1) }));
    }

    private static Instant At(double seconds) => new Instant(777) + TimeSpan.FromSeconds(seconds);

    private static SipRequest IncomingMessage() => Request(PlainMessage);

    private static byte[] MessageBytes(string branch) => Bytes(PlainMessage.Replace("z9hG4bK7f3a91c2d0e4", branch, StringComparison.Ordinal));

    private static SipResponse ResponseTo(string branch, int status, SipMethod method = SipMethod.Message) =>
        Response(PlainMessage.Replace("MESSAGE sip:bob@example.com SIP/2.0", "SIP/2.0 " + status + " x", StringComparison.Ordinal)
            .Replace("z9hG4bK7f3a91c2d0e4", branch, StringComparison.Ordinal)
            .Replace("1 MESSAGE", "1 " + SipMethods.NameOf(method), StringComparison.Ordinal));

    // Other transactions, so that the look-ups of a busy layer are tested as well as those of an idle one.
    private static void Crowd(SipTransactionLayer layer, int count)
    {
        for (var index = 0; index < count; index++)
        {
            layer.HandleMessage(Request(PlainMessage.Replace("z9hG4bK7f", "z9hG4bKcrowd" + index, StringComparison.Ordinal)), Source, At(0));
        }
    }

    private static List<SipTransactionEffect> Take(SipTransactionLayer layer)
    {
        var effects = new List<SipTransactionEffect>();
        while (layer.TryTakeEffect(out var effect))
        {
            effects.Add(effect);
        }

        return effects;
    }
}
