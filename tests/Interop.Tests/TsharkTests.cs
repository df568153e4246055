using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using UeFarm.Actors.Run;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>Wireshark's dissectors read what goes over the wire.</summary>
[Collection(WholeProcesses.Name)]
public sealed class TsharkTests
{
    private const string EndMark = "end-of-the-capture";

    private const string Scenario = """
        version: 1
        name: captured
        target: { domain: ims.example, core: embedded, as: embedded, kms: embedded, allow: [127.0.0.0/8] }
        subscribers: { count: 50 }
        security: { body: smime, sign: ecdsa-p256, encrypt: aes-128-gcm }
        traffic: { rate: 20/s, arrivals: uniform, size: 40B-1400B, recipients: { pick: uniform } }
        phases:
          - { name: steady, for: 2s }
          - { name: outage, offline: 20%, cut: clean, for: 1s }
          - { name: return, online: all, for: 2s }
        """;

    [Fact]
    public async Task Tshark_finds_nothing_malformed_in_a_captured_run_and_counts_the_requests_that_the_farm_counts()
    {
        var tshark = Peer.Require("tshark", "tshark");
        var tcpdump = Peer.Require("tcpdump", "tcpdump");
        var kill = Peer.Require("kill", "procps");
        using var folder = new TemporaryFolder();
        var capture = folder.PathOf("run.pcap");
        var cancellation = TestContext.Current.CancellationToken;
        var read = ScenarioReader.Read(Scenario, "scenario.yaml", []);
        Assert.True(read.IsValid);
        var settings = await RunSettingsMapper.MapAsync(read.Scenario, folder.PathOf("mailbox.db"), cancellation);

        // Everything listens now, nothing has been sent: the ports are known and the capture can begin.
        await using var run = await FarmRun.StartAsync(settings);
        int[] ports = [run.CoreEndPoint!.Port, run.ApplicationServerEndPoint!.Port, run.PhonesEndPoint.Port];
        var filter = string.Join(" or ", ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"tcp port {port}")));
        var (capturing, messages) = await StartCaptureAsync(tcpdump, folder, capture, filter);
        using var process = capturing;
        try
        {
            var result = await run.RunAsync(cancellation);
            Assert.All(result.Invariants, invariant => Assert.True(invariant.Holds, invariant.Name));
            await WriteEndMarkAsync(run.CoreEndPoint, capture);
        }
        finally
        {
            await Peer.RunAsync(kill, folder.FullPath, TimeSpan.FromSeconds(10), "-INT", process.Id.ToString(CultureInfo.InvariantCulture));
            await process.WaitForExitAsync(cancellation);
        }

        Assert.Contains("0 packets dropped by kernel", await messages, StringComparison.Ordinal);
        Assert.Empty(await DissectAsync(tshark, folder, capture, ports, "_ws.malformed", "frame.number", "_ws.malformed"));
        var core = run.Core!;
        var counters = run.Recorder.Counters;
        var toCore = string.Create(CultureInfo.InvariantCulture, $"tcp.dstport == {ports[0]}");
        var registers = await CountAsync(tshark, folder, capture, ports, $"sip && {toCore}", "sip.Method", "REGISTER");
        Assert.Equal(core.RegistersAccepted + core.RegistersChallenged + core.RegistersRefused + core.Deregistrations, registers);
        Assert.True(registers >= 2 * 50);

        // To the core: from the phones, and again from the application server. To the phones: from the core.
        var messagesToPhones = await CountAsync(
            tshark, folder, capture, ports,
            string.Create(CultureInfo.InvariantCulture, $"sip && sip.Method && !({toCore}) && tcp.dstport != {ports[1]}"), "sip.Method", "MESSAGE");
        var messagesToCore = await CountAsync(tshark, folder, capture, ports, $"sip && {toCore}", "sip.Method", "MESSAGE");
        Assert.True(counters.Sent >= 50);
        Assert.True(messagesToPhones >= counters.Sent, $"{messagesToPhones} of {counters.Sent}");
        Assert.True(messagesToCore >= 2 * counters.Sent, $"{messagesToCore} for {counters.Sent}");
        var answers = await CountAsync(tshark, folder, capture, ports, "sip", "sip.Status-Code", "200");
        Assert.True(answers >= registers / 2 + counters.Sent, $"{answers} responses 200");
    }

    /// <summary>Starts tcpdump on the loopback interface and waits until it captures; skips where that is not permitted.</summary>
    private static async Task<(Process Process, Task<string> Messages)> StartCaptureAsync(string tcpdump, TemporaryFolder folder, string capture, string filter)
    {
        var process = Peer.Start(tcpdump, folder.FullPath, "-i", "lo", "-B", "65536", "-s", "0", "-U", "-Z", "root", "-w", capture, filter);
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains("listening on", StringComparison.Ordinal))
            {
                return (process, process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            }
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.Dispose();
        Assert.Skip("capturing on the loopback interface is not permitted here");
        return default;
    }

    /// <summary>Sends a request of its own and waits until it is in the file: then everything before it is, too.</summary>
    private static async Task WriteEndMarkAsync(IPEndPoint core, string capture)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(30));
        using var connection = await SipConnection.ConnectAsync(core, timeout.Token);
        var request = SipWriter.Rent().Request(SipMethod.Options, "sip:ims.example")
            .Via(SipTransportKind.Tcp, connection.LocalEndPoint.ToString(), "z9hG4bKend")
            .Header(SipHeaderId.MaxForwards, 70)
            .Header(SipHeaderId.From, "<sip:end@ims.example>;tag=end")
            .Header(SipHeaderId.To, "<sip:ims.example>")
            .Header(SipHeaderId.CallId, EndMark)
            .CSeq(1, SipMethod.Options)
            .Finish();
        Assert.True(await connection.TrySendAsync(request, timeout.Token));
        Assert.Equal(200, Assert.IsType<SipResponse>(await connection.ReceiveAsync(timeout.Token)).StatusCode);
        while (!(await File.ReadAllTextAsync(capture, Encoding.Latin1, timeout.Token)).Contains(EndMark, StringComparison.Ordinal))
        {
            await Task.Delay(50, timeout.Token);
        }
    }

    /// <summary>How often a field has a value, over all messages of all frames.</summary>
    private static async Task<long> CountAsync(
        string tshark, TemporaryFolder folder, string capture, int[] ports, string filter, string field, string value)
    {
        var lines = await DissectAsync(tshark, folder, capture, ports, filter, field);
        return lines.Sum(line => line.Split(',').LongCount(text => text == value));
    }

    private static async Task<string[]> DissectAsync(string tshark, TemporaryFolder folder, string capture, int[] ports, string filter, params string[] fields)
    {
        var decode = ports.SelectMany(port => new[] { "-d", string.Create(CultureInfo.InvariantCulture, $"tcp.port=={port},sip") });
        var (exitCode, text) = await Peer.RunAsync(
            tshark, folder.FullPath, TimeSpan.FromSeconds(60),
            ["-n", "-r", capture, .. decode, "-Y", filter, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,",
                .. fields.SelectMany(field => new[] { "-e", field })]);
        Assert.True(exitCode == 0, text);
        return [.. text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("Running as user", StringComparison.Ordinal))];
    }
}
