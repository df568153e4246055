using System.Net.Sockets;
using System.Text;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Transport;

/// <summary>What a stranger may send to the listener: counted, bounded, and no harm to the others.</summary>
public sealed class HostileTcpInputTests : IAsyncLifetime
{
    private readonly RecordingReceiver _serverSide = new();
    private readonly RecordingReceiver _friendSide = new();
    private ISipTransport _server = null!;
    private ISipTransport _friend = null!;
    private int _number;

    public async ValueTask InitializeAsync()
    {
        _server = SipTransports.StartTcp(new SipTransportSettings { MaxConnections = 200 }, _serverSide);
        _friend = SipTransports.StartTcp(new SipTransportSettings(), _friendSide);
        _serverSide.React = (message, from) => _server.Send(from, Sample.Response((int)message.CSeqNumber));
        await AssertFriendIsServedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // The friend's connection outlived everything.
        await AssertFriendIsServedAsync();
        Assert.Equal(1, _friend.Counters.ConnectionsOpened);
        Assert.Equal(0, _server.Counters.Faults);
        await _friend.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Random_bytes_close_their_connection()
    {
        const int Attempts = 200;
        var random = new SeededRandomSource(99);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            using var stranger = Connect();
            var bytes = new byte[1 + (int)(random.NextUInt64() % 40_000)];
            random.Fill(bytes);
            Send(stranger, bytes);
            stranger.Shutdown(SocketShutdown.Send);
            await ReadToEndAsync(stranger);
        }

        Assert.True(_server.Counters.FramingErrors + _server.Counters.Malformed + _server.Counters.Oversized > Attempts / 2);
        await EventuallyClosedAsync(Attempts);
    }

    [Fact]
    public async Task Altered_messages_never_stop_the_server()
    {
        const int Attempts = 300;
        var random = new SeededRandomSource(100);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            using var stranger = Connect();
            var bytes = Sample.Request(attempt, 30).Concat(Sample.Request(attempt, 30)).ToArray();
            for (var change = (int)(random.NextUInt64() % 4); change >= 0; change--)
            {
                bytes[random.NextUInt64() % (ulong)bytes.Length] = (byte)random.NextUInt64();
            }

            Send(stranger, bytes);
            stranger.Shutdown(SocketShutdown.Send);
            await ReadToEndAsync(stranger);
        }

        await EventuallyClosedAsync(Attempts);
    }

    [Theory]
    [InlineData("999999999", 413)]
    [InlineData("99999999999999999999", 400)]
    [InlineData("-1", 400)]
    [InlineData("", 400)]
    [InlineData("10\r\nContent-Length: 11", 400)]
    public async Task A_wrong_length_is_answered_before_the_connection_is_closed(string length, int status)
    {
        using var stranger = Connect();
        Send(stranger, Sample.WithContentLength(length));
        var answer = await ReadToEndAsync(stranger);
        Assert.StartsWith("SIP/2.0 " + status, answer, StringComparison.Ordinal);
        Assert.Contains("Call-ID: length", answer, StringComparison.Ordinal);
        Assert.Equal(status == 413 ? 1 : 0, _server.Counters.Oversized);
        Assert.Equal(status == 413 ? 0 : 1, _server.Counters.FramingErrors);
    }

    [Fact]
    public async Task A_header_without_end_is_cut_off_at_the_limit()
    {
        using var stranger = Connect();
        var line = Encoding.ASCII.GetBytes("X-Filler: " + new string('a', 500) + "\r\n");
        var sent = 0L;
        try
        {
            stranger.Send("MESSAGE sip:bob@ims.example SIP/2.0\r\n"u8);
            while (sent < 10_000_000)
            {
                sent += stranger.Send(line);
            }
        }
        catch (SocketException)
        {
            // Closed while we were writing, as it should be.
        }

        Assert.True(sent < 10_000_000);
        Assert.Equal(1, _server.Counters.Oversized + _server.Counters.FramingErrors);
        await EventuallyClosedAsync(1);
    }

    [Fact]
    public async Task What_follows_a_broken_message_is_not_read_as_messages()
    {
        using var stranger = Connect();
        var before = _server.Counters.MessagesReceived;
        Send(stranger, [.. Sample.WithContentLength("x"), .. Sample.Request(5)]);
        Send(stranger, Sample.Request(6));
        stranger.Shutdown(SocketShutdown.Send);
        var answer = await ReadToEndAsync(stranger);
        Assert.StartsWith("SIP/2.0 400", answer, StringComparison.Ordinal);
        Assert.Equal(answer.LastIndexOf("SIP/2.0 ", StringComparison.Ordinal), answer.IndexOf("SIP/2.0 ", StringComparison.Ordinal));
        Assert.Equal(before, _server.Counters.MessagesReceived);
    }

    [Fact]
    public async Task Ten_thousand_keep_alives_are_answered_and_delay_nobody()
    {
        const int Count = 10_000;
        using var stranger = Connect();
        var answered = CountBytesAsync(stranger, Count * 2);
        for (var ping = 0; ping < Count; ping++)
        {
            stranger.Send("\r\n\r\n"u8);
        }

        Assert.Equal(Count * 2, await answered);
        Assert.Equal(Count, _server.Counters.KeepAlives);
        Send(stranger, Sample.Request(5));
        await Eventually.IsTrueAsync(() => _server.Counters.MessagesReceived == 2, "the message behind the keep-alives");
    }

    [Fact]
    public async Task Bytes_that_come_one_at_a_time_make_messages()
    {
        using var stranger = Connect();
        stranger.NoDelay = true;
        foreach (var octet in Sample.Request(5).Concat(Sample.Request(6)))
        {
            stranger.Send([octet]);
        }

        await Eventually.IsTrueAsync(() => _server.Counters.MessagesReceived == 3, "both messages");
    }

    [Fact]
    public async Task Thousands_of_silent_connections_make_room_for_each_other_only()
    {
        const int Strangers = 3000;
        var sockets = new List<Socket>();
        try
        {
            for (var count = 0; count < Strangers; count++)
            {
                sockets.Add(Connect());
                if (count % 500 == 0)
                {
                    await AssertFriendIsServedAsync();
                }
            }

            await Eventually.IsTrueAsync(() => _server.Counters.ConnectionsOpened == Strangers + 1, "all accepted");
            await Eventually.IsTrueAsync(
                () => _server.Counters.ConnectionsOpened - _server.Counters.ConnectionsClosed == 200, "200 left");
            Assert.Equal(Strangers + 1 - 200, _server.Counters.ConnectionsRefused);
        }
        finally
        {
            sockets.ForEach(static socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task When_every_connection_has_spoken_a_new_one_is_refused()
    {
        var sockets = new List<Socket>();
        try
        {
            for (var count = 1; count < 200; count++)
            {
                var socket = Connect();
                sockets.Add(socket);
                Send(socket, Sample.Request(count));
            }

            await Eventually.IsTrueAsync(() => _server.Counters.MessagesReceived == 200, "all have spoken");
            using var late = Connect();
            Assert.Equal("", await ReadToEndAsync(late));
            Assert.Equal(1, _server.Counters.ConnectionsRefused);
        }
        finally
        {
            sockets.ForEach(static socket => socket.Dispose());
        }
    }

    private async Task AssertFriendIsServedAsync()
    {
        var number = ++_number;
        Assert.Equal(SipSendResult.Queued, _friend.Send(new SipHop(SipTransportKind.Tcp, _server.LocalEndPoint, 0), Sample.Request(number)));
        Assert.Equal((uint)number, (await _friendSide.NextAsync()).Message.CSeqNumber);
    }

    private Task EventuallyClosedAsync(int strangers) =>
        Eventually.IsTrueAsync(() => _server.Counters.ConnectionsClosed == strangers, "all strangers' connections are closed");

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(_server.LocalEndPoint);
        return socket;
    }

    private static void Send(Socket socket, byte[] bytes)
    {
        try
        {
            socket.Send(bytes);
        }
        catch (SocketException)
        {
            // The server may close as soon as it has seen enough.
        }
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            int count;
            while ((count = await socket.ReceiveAsync(buffer)) > 0)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }

        return text.ToString();
    }

    private static async Task<int> CountBytesAsync(Socket socket, int expected)
    {
        var buffer = new byte[4096];
        var total = 0;
        while (total < expected)
        {
            var count = await socket.ReceiveAsync(buffer);
            Assert.True(count > 0, "closed after " + total);
            total += count;
        }

        return total;
    }
}
