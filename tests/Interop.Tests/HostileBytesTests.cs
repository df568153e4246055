using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace UeFarm.Interop.Tests;

[Collection(WholeProcesses.Name)]
public sealed class HostileBytesTests
{
    private const long SaneBytes = 1L << 30;
    private static readonly TimeSpan AttackTime = TimeSpan.FromSeconds(6);

    [Theory]
    [InlineData("tcp", 1)]
    [InlineData("udp", 2)]
    public async Task Hostile_bytes_on_every_socket_are_counted_and_cost_no_message(string transport, int seed)
    {
        using var folder = new TemporaryFolder();
        var metricsPort = Peer.FreePort();
        await using var farm = FarmProcess.Start(folder, $$"""
            version: 1
            name: hostile
            target: { domain: ims.example, core: embedded, as: embedded, kms: embedded, transport: {{transport}}, allow: [127.0.0.0/8] }
            subscribers: { count: 100 }
            traffic: { rate: 50/s, size: 160B }
            phases:
              - { name: steady, for: 16s }
              - { name: settle, traffic: off, for: 2s }
            metrics: { port: {{metricsPort}} }
            """);
        var addresses = await farm.WaitForAddressesAsync();
        Assert.Equal(["as", "core", "phones"], addresses.Keys.Order());
        await farm.WaitForLineAsync("phase 1/2: steady", TimeSpan.FromSeconds(60));

        using (var attack = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        {
            attack.CancelAfter(AttackTime);
            await Task.WhenAll(addresses.Values.SelectMany((address, index) => AttacksOn(address, seed + (10 * index), attack.Token)));
        }

        using var client = new HttpClient();
        var metrics = await client.GetStringAsync(
            new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{metricsPort}/metrics")), TestContext.Current.CancellationToken);
        var result = await farm.WaitForHeldAsync(TimeSpan.FromSeconds(90));

        Assert.All(
            ["core", "as", "ue"],
            role => Assert.True(DroppedBy(metrics, role, "malformed") + DroppedBy(metrics, role, "framing") > 0, $"{role} dropped nothing, seed {seed}"));
        Assert.True(DroppedBy(metrics, "core", "framing") > 0);
        Assert.True(DroppedBy(metrics, "core", "oversized") > 0);
        Assert.Equal(100, result.Registrations.RegisteredAtEnd);
        Assert.True(result.Ledger.Sent > 100);
        Assert.Equal(result.Ledger.Sent, result.Ledger.Accepted);
        Assert.InRange(result.Memory!.PeakWorkingSet, 1, SaneBytes);
    }

    private static IEnumerable<Task> AttacksOn(IPEndPoint address, int seed, CancellationToken end) =>
    [
        RepeatAsync(address, seed, ThrowBytesAsync, end),
        DribbleAsync(address, end),
        HoldAsync(address, end),
        ThrowDatagramsAsync(address, seed, end),
    ];

    /// <summary>What is thrown at a stream, one kind per connection; the number picks the kind.</summary>
    private static byte[] BytesOf(int number, Random random)
    {
        const string start = "MESSAGE sip:ue000000@ims.example SIP/2.0\r\n";
        const string whole = start + "Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKx\r\nMax-Forwards: 70\r\nFrom: <sip:x@ims.example>;tag=1\r\n"
            + "To: <sip:ue000000@ims.example>\r\nCall-ID: hostile\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
        switch (number % 9)
        {
            case 0:
                var noise = new byte[random.Next(1, 65536)];
                random.NextBytes(noise);
                return noise;
            case 1:
                return Encoding.ASCII.GetBytes(whole[..random.Next(1, whole.Length)]);
            case 2:
                return Encoding.ASCII.GetBytes(start + "Subject: " + new string('x', 100_000));
            case 3:
                return Encoding.ASCII.GetBytes(start + "Content-Length: 99999999\r\n\r\n" + new string('x', 70_000));
            case 4:
                return Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("\r\n", 4000)));
            case 5:
                return Encoding.ASCII.GetBytes("WHAT EVER THIS IS\r\nContent-Length: 0\r\n\r\n");
            case 6:
                return Encoding.ASCII.GetBytes(whole.Replace("CSeq: 1 MESSAGE", "CSeq: 99999999999 NONSENSE", StringComparison.Ordinal));
            case 7:
                return Encoding.ASCII.GetBytes(start + string.Concat(Enumerable.Repeat("X: y\r\n", 1000)) + "Content-Length: 0\r\n\r\n");
            default:
                return Encoding.ASCII.GetBytes(whole.Replace("Content-Length: 5", "Content-Length: -5", StringComparison.Ordinal));
        }
    }

    private static async Task RepeatAsync(IPEndPoint address, int seed, Func<Socket, int, Random, CancellationToken, Task> attack, CancellationToken end)
    {
        var random = new Random(seed);
        for (var number = 0; !end.IsCancellationRequested; number++)
        {
            await TryAsync(address, socket => attack(socket, number, random, end), end);
            await PauseAsync(10, end);
        }
    }

    private static async Task ThrowBytesAsync(Socket socket, int number, Random random, CancellationToken end)
    {
        var bytes = BytesOf(number, random);
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), end);
        }

        // Half of them say good-bye, the others are gone at once.
        if (number % 2 == 0)
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        else
        {
            socket.LingerState = new LingerOption(true, 0);
        }
    }

    /// <summary>A message that comes a byte at a time and never ends.</summary>
    private static Task DribbleAsync(IPEndPoint address, CancellationToken end) => TryAsync(
        address,
        async socket =>
        {
            var bytes = "MESSAGE sip:ue000000@ims.example SIP/2.0\r\nSubject: "u8.ToArray();
            for (var i = 0; !end.IsCancellationRequested; i++)
            {
                await socket.SendAsync(bytes.AsMemory(i % bytes.Length, 1), end);
                await PauseAsync(20, end);
            }
        },
        end);

    /// <summary>Connections without a word.</summary>
    private static async Task HoldAsync(IPEndPoint address, CancellationToken end) => await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => TryAsync(
        address, async _ => await PauseAsync((int)AttackTime.TotalMilliseconds, end), end)));

    private static async Task ThrowDatagramsAsync(IPEndPoint address, int seed, CancellationToken end)
    {
        var random = new Random(seed);
        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        for (var number = 0; !end.IsCancellationRequested; number++)
        {
            var bytes = BytesOf(number, random);
            try
            {
                await socket.SendToAsync(bytes.AsMemory(0, Math.Min(bytes.Length, 60_000)), address, end);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // Nobody listens on UDP there, or the time is over.
                if (end.IsCancellationRequested)
                {
                    return;
                }
            }

            await PauseAsync(10, end);
        }
    }

    /// <summary>Connects and acts; that the other side closes the connection is what it should do.</summary>
    private static async Task TryAsync(IPEndPoint address, Func<Socket, Task> act, CancellationToken end)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, end);
            await act(socket);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // Closed, refused, or the time is over.
            return;
        }
    }

    private static async Task PauseAsync(int milliseconds, CancellationToken end) =>
        await Task.Delay(milliseconds, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static double DroppedBy(string metrics, string role, string reason)
    {
        var name = $"uefarm_sip_dropped_total{{role=\"{role}\",reason=\"{reason}\"}} ";
        var line = metrics.Split('\n').First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..], CultureInfo.InvariantCulture);
    }
}
