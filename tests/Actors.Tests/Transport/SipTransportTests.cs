using System.Net;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Transport;

/// <summary>What every transport promises; each kind runs all of it.</summary>
public abstract class SipTransportTests
{
    private protected abstract ISipTransport Open(ISipReceiver receiver, SipTransportSettings settings);

    private protected abstract SipTransportKind Kind { get; }

    private protected ISipTransport Open(ISipReceiver receiver) => Open(receiver, new SipTransportSettings());

    private protected static SipHop To(ISipTransport transport) => new(transport.Kind, transport.LocalEndPoint, 0);

    [Fact]
    public async Task Port_zero_becomes_a_real_port_and_the_kind_is_told()
    {
        await using var transport = Open(new RecordingReceiver());
        Assert.NotEqual(0, transport.LocalEndPoint.Port);
        Assert.Equal(Kind, transport.Kind);
    }

    [Fact]
    public async Task A_message_arrives_byte_for_byte_and_can_be_answered_on_its_hop()
    {
        var clientSide = new RecordingReceiver();
        var serverSide = new RecordingReceiver();
        await using var client = Open(clientSide);
        await using var server = Open(serverSide);
        var sent = Sample.Request(1);

        Assert.Equal(SipSendResult.Queued, client.Send(To(server), sent));
        var (request, from) = await serverSide.NextAsync();
        Assert.Equal(sent, request.Bytes.ToArray());
        Assert.Equal(Kind, from.Transport);
        Assert.Equal(SipSendResult.Queued, server.Send(from, Sample.Response(1)));
        var (response, _) = await clientSide.NextAsync();

        Assert.Equal(Sample.Response(1), response.Bytes.ToArray());
        await Eventually.IsTrueAsync(() => client.Counters.MessagesSent == 1 && server.Counters.MessagesSent == 1, "both counted as sent");
        Assert.Equal(1, client.Counters.MessagesReceived);
        Assert.Equal(1, server.Counters.MessagesReceived);
        Assert.Equal(sent.Length, server.Counters.BytesReceived);
        Assert.Equal(sent.Length, client.Counters.BytesSent);
    }

    [Fact]
    public async Task The_bytes_are_copied_before_send_returns()
    {
        var serverSide = new RecordingReceiver();
        await using var client = Open(new RecordingReceiver());
        await using var server = Open(serverSide);
        var sent = Sample.Request(1);
        client.Send(To(server), sent);
        Array.Clear(sent);
        Assert.Equal(Sample.Request(1), (await serverSide.NextAsync()).Message.Bytes.ToArray());
    }

    [Fact]
    public async Task Messages_of_one_sender_arrive_in_order()
    {
        const int Count = 150;
        var serverSide = new RecordingReceiver();
        await using var client = Open(new RecordingReceiver());
        await using var server = Open(serverSide);
        for (var number = 0; number < Count; number++)
        {
            Assert.Equal(SipSendResult.Queued, client.Send(To(server), Sample.Request(number, number * 3)));
        }

        for (var number = 0; number < Count; number++)
        {
            var (message, _) = await serverSide.NextAsync();
            Assert.Equal((uint)number, message.CSeqNumber);
            Assert.Equal(number * 3, message.Body.Length);
        }
    }

    [Fact]
    public async Task An_address_outside_of_the_allow_list_is_refused_and_nothing_is_sent()
    {
        Assert.True(AddressAllowList.TryParse(["127.0.0.1"], out var allow, out _));
        await using var client = Open(new RecordingReceiver(), new SipTransportSettings { Allow = allow! });
        foreach (var address in new[] { "127.0.0.2", "192.0.2.1", "0.0.0.0", "::1", "::ffff:192.0.2.1" })
        {
            var hop = new SipHop(Kind, new IPEndPoint(IPAddress.Parse(address), 5060), 0);
            Assert.Equal(SipSendResult.RefusedByGuard, client.Send(hop, Sample.Request(1)));
        }

        Assert.Equal(5, client.Counters.RefusedByGuard);
        Assert.Equal(0, client.Counters.BytesSent);
        Assert.Equal(0, client.Counters.ConnectionsOpened + client.Counters.ConnectFailures);
    }

    [Fact]
    public async Task A_request_from_an_address_that_may_not_be_sent_to_arrives_but_is_not_answered()
    {
        Assert.True(AddressAllowList.TryParse(["192.0.2.0/24"], out var allow, out _));
        var serverSide = new RecordingReceiver();
        await using var client = Open(new RecordingReceiver());
        await using var server = Open(serverSide, new SipTransportSettings { Allow = allow! });
        client.Send(To(server), Sample.Request(1));
        var (_, from) = await serverSide.NextAsync();
        Assert.Equal(SipSendResult.RefusedByGuard, server.Send(from, Sample.Response(1)));
        Assert.Equal(1, server.Counters.RefusedByGuard);
        Assert.Equal(0, server.Counters.BytesSent);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_not_sent()
    {
        var settings = new SipTransportSettings { Limits = SipLimits.Default with { MaxMessageBytes = 2000 } };
        await using var client = Open(new RecordingReceiver(), settings);
        await using var server = Open(new RecordingReceiver());
        Assert.Equal(SipSendResult.TooLarge, client.Send(To(server), new byte[2001]));
        Assert.Equal(0, client.Counters.BytesSent);
    }

    [Fact]
    public async Task A_malformed_request_is_answered_and_counted_and_the_next_message_is_served()
    {
        var clientSide = new RecordingReceiver();
        var serverSide = new RecordingReceiver();
        await using var client = Open(clientSide);
        await using var server = Open(serverSide);
        client.Send(To(server), Sample.Malformed());
        var (answer, _) = await clientSide.NextAsync();
        Assert.Equal(400, Assert.IsType<SipResponse>(answer).StatusCode);
        Assert.Equal("bad"u8, answer.CallId);
        Assert.Equal(1, server.Counters.Malformed);

        client.Send(To(server), Sample.Request(2));
        Assert.Equal(2u, (await serverSide.NextAsync()).Message.CSeqNumber);
        Assert.Equal(1, server.Counters.MessagesReceived);
    }

    [Fact]
    public async Task A_receiver_that_throws_loses_its_message_only_and_is_counted()
    {
        var serverSide = new RecordingReceiver();
        serverSide.React = (message, _) =>
        {
            if (message.CSeqNumber == 1)
            {
                throw new InvalidOperationException("a fault in the receiver");
            }
        };
        await using var client = Open(new RecordingReceiver());
        await using var server = Open(serverSide);
        client.Send(To(server), Sample.Request(1));
        client.Send(To(server), Sample.Request(2));
        Assert.Equal(2u, (await serverSide.NextAsync()).Message.CSeqNumber);
        Assert.Equal(1, server.Counters.Faults);
    }

    [Fact]
    public async Task A_disposed_transport_sends_nothing_and_may_be_disposed_again()
    {
        await using var server = Open(new RecordingReceiver());
        var client = Open(new RecordingReceiver());
        await client.DisposeAsync();
        await client.DisposeAsync();
        Assert.Equal(SipSendResult.Closed, client.Send(To(server), Sample.Request(1)));
    }

    [Fact]
    public async Task Answers_sent_from_within_the_receiver_arrive()
    {
        const int Count = 100;
        var clientSide = new RecordingReceiver();
        var serverSide = new RecordingReceiver();
        await using var client = Open(clientSide);
        await using var server = Open(serverSide);
        serverSide.React = (message, from) => server.Send(from, Sample.Response((int)message.CSeqNumber));
        for (var number = 0; number < Count; number++)
        {
            client.Send(To(server), Sample.Request(number));
        }

        for (var number = 0; number < Count; number++)
        {
            Assert.Equal((uint)number, (await clientSide.NextAsync()).Message.CSeqNumber);
        }
    }
}
