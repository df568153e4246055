using System.Globalization;
using System.Net;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>Our application server as a process of its own behind Kamailio, with phones of ours, of SIPp and played by hand.</summary>
[Collection(UnhurriedProcesses.Name)]
public sealed class KamailioApplicationServerTests : IAsyncDisposable
{
    private const string Domain = "ims.example";
    private const string Password = "correct-horse-7";
    private const int Recipients = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private ApplicationServerProcess _server = null!;
    private Kamailio _kamailio = null!;
    private int _written;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await (_kamailio?.DisposeAsync() ?? default);
        await (_server?.DisposeAsync() ?? default);
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_written_to_somebody_away_waits_and_is_drained_through_Kamailio_to_SIPp()
    {
        const int Messages = 40;
        Peer.Require("sipp", "sip-tester");
        await StartAsync();
        var promised = await WriteAsync(Messages, _ => "carol");
        Assert.Equal(Messages, promised.Count);
        Assert.Equal(Messages, await _server.BacklogAsync(Cancellation));

        await using var carol = await Sipp.StartReceiverAsync(_folder, Protocol.Sip.SipTransportKind.Tcp, Messages);
        await using (var client = Sipp.StartClient(
            _folder, "sipp-register.xml", Protocol.Sip.SipTransportKind.Tcp, _kamailio.EndPoint,
            [("carol", $"[authentication username=carol@{Domain} password={Password}]")], carol.Port))
        {
            await client.AssertAllSucceededAsync(1);
        }

        await carol.AssertAllSucceededAsync(Messages);
        await WaitForBacklogAsync(0);
        var counters = (await _server.GetAsync("status", Cancellation))["sinceStart"]!;
        Assert.Equal((Messages, Messages, 0), ((int)counters["stored"]!, (int)counters["delivered"]!, (int)counters["orderViolations"]!));
    }

    [Fact]
    public async Task Through_an_outage_of_half_the_phones_every_protected_message_is_accepted()
    {
        const int Phones = 100;
        await StartAsync("--set", "applicationServer.drainDelay=100ms");
        _folder.Write("subscribers.csv", Kamailio.SubscribersOf(Phones, Domain, Password));
        await using var farm = FarmProcess.Start(_folder, $$"""
            version: 1
            name: kamailio-outage
            target: { domain: {{Domain}}, core: "sip:127.0.0.1:{{_kamailio.Port}};transport=tcp", as: external, kms: embedded, allow: [127.0.0.0/8] }
            subscribers: { count: {{Phones}}, auth: { scheme: md5, secretsFrom: { file: subscribers.csv } } }
            traffic: { rate: 50/s, size: 160B }
            phases:
              - { name: steady, for: 2s }
              - { name: outage, offline: 50%, for: 5s }
              - { name: back, online: all, within: 2s, for: 5s }
              - { name: settle, traffic: off, for: 3s }
            thresholds:
              - accepted.share >= 98%
            """);

        var result = await farm.WaitForHeldAsync(Patience);
        result.AssertOnlyLeaversFailed();
        var counters = (await _server.GetAsync("status", Cancellation))["sinceStart"]!;
        Assert.InRange((int)counters["stored"]!, 50, 400);
        Assert.Equal(0, await _server.BacklogAsync(Cancellation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_while_it_stores_and_while_it_drains_the_server_loses_nothing_that_was_answered_202(int seed)
    {
        var random = new Random(seed);
        await StartAsync("--set", "applicationServer.drainDelay=50ms");
        var promised = new List<(string Recipient, string Text)>();
        for (var life = 0; life < 3; life++)
        {
            promised.AddRange(await WriteAsync(random.Next(20, 60), Recipient, isKilled: true));
            await _server.StartAgainAsync(Cancellation);
        }

        Assert.True(promised.Count > 30, $"{promised.Count} messages were answered 202, seed {seed}");
        await using var readers = await ReadersAsync(TimeSpan.FromMilliseconds(5));
        for (var life = 1; life <= 2; life++)
        {
            var enough = random.Next(life * promised.Count / 4, life * promised.Count / 3);
            await UntilAsync(() => Task.FromResult(readers.Received >= enough));
            await _server.KillAsync();
            await _server.StartAgainAsync(Cancellation);
        }

        await WaitForBacklogAsync(0);
        readers.AssertReceived(promised, exactlyOnce: false);
    }

    [Fact]
    public async Task Told_to_stop_while_it_drains_the_server_ends_in_order_and_goes_on_after_the_restart()
    {
        await StartAsync("--set", "applicationServer.drainDelay=50ms");
        var promised = await WriteAsync(80, Recipient);
        await using var readers = await ReadersAsync(TimeSpan.FromMilliseconds(150));
        await UntilAsync(() => Task.FromResult(readers.Received > Recipients));

        Assert.Equal(0, await _server.StopAsync(StopLimit));
        Assert.Contains("as: stopped: ", _server.Output, StringComparison.Ordinal);
        Assert.InRange(readers.Received, Recipients, promised.Count - 1);
        await _server.StartAgainAsync(Cancellation);

        await WaitForBacklogAsync(0);
        readers.AssertReceived(promised, exactlyOnce: true);
    }

    [Fact]
    public async Task Who_registers_while_the_server_is_down_is_served_when_it_is_back()
    {
        await StartAsync();
        var promised = await WriteAsync(10, Recipient);
        await _server.KillAsync();
        await using var readers = await ReadersAsync(TimeSpan.Zero);
        await _server.StartAgainAsync(Cancellation);

        await WaitForBacklogAsync(0);
        readers.AssertReceived(promised, exactlyOnce: true);
    }

    [Fact]
    public async Task A_registration_that_runs_out_is_told_too()
    {
        await StartAsync();
        using var connection = await SipConnection.ConnectAsync(_kamailio.EndPoint, Cancellation);
        await new SipSubscriber(connection, ProfileOf("carol"), Domain).RegisterAsync(Cancellation, expires: 4);

        await UntilAsync(async () => await UsersOnlineAsync() == 1);
        await UntilAsync(async () => await UsersOnlineAsync() == 0);
    }

    private static string Recipient(int number) => string.Create(CultureInfo.InvariantCulture, $"reader{number % Recipients}");

    private static UeProfile ProfileOf(string user)
    {
        var identity = $"{user}@{Domain}";
        return new UeProfile(0, "sip:" + identity, new SubscriberCredentials(identity, DigestAlgorithm.Md5, Password, default, default, default), default);
    }

    /// <summary>Another loopback address than Kamailio's, as in a network: Kamailio tells the server by it.</summary>
    private async Task StartAsync(params string[] options)
    {
        Peer.Require("kamailio", "kamailio");
        var port = FreePorts.Take(IPAddress.Loopback);
        _server = await ApplicationServerProcess.StartAsync(
            new ApplicationServerProcessSettings
            {
                Domain = Domain,
                Core = new IPEndPoint(IPAddress.Loopback, port),
                Folder = _folder.FullPath,
                Address = IPAddress.Parse("127.0.0.2"),
                Options = options,
            },
            Cancellation);
        _kamailio = await Kamailio.StartAsync(port, Domain, Password, _server.EndPoint);
    }

    /// <summary>Writes that many messages one after the other; returns those answered 202. The server may be killed while the last one is under way.</summary>
    private async Task<List<(string Recipient, string Text)>> WriteAsync(int messages, Func<int, string> recipientOf, bool isKilled = false)
    {
        var promised = new List<(string Recipient, string Text)>();
        using var connection = await SipConnection.ConnectAsync(_kamailio.EndPoint, Cancellation);
        var writer = new SipSubscriber(connection, ProfileOf("writer"), Domain);
        await writer.RegisterAsync(Cancellation);
        for (var i = 0; i < messages; i++)
        {
            var (recipient, text) = (recipientOf(_written), string.Create(CultureInfo.InvariantCulture, $"text-{_written++:0000}"));
            var writing = writer.WriteAsync($"sip:{recipient}@{Domain}", $"key-{text}", text, Cancellation);
            if (isKilled && i == messages - 1)
            {
                await _server.KillAsync();
            }

            if (await writing == 202)
            {
                promised.Add((recipient, text));
            }
        }

        return promised;
    }

    private Task<ReaderSet> ReadersAsync(TimeSpan answerAfter) =>
        ReaderSet.RegisterAsync(_kamailio.EndPoint, Domain, Enumerable.Range(0, Recipients).Select(Recipient), ProfileOf, answerAfter, Cancellation);

    private async Task<int> UsersOnlineAsync() => (int)(await _server.GetAsync("status", Cancellation))["now"]!["usersOnline"]!;

    private Task WaitForBacklogAsync(long messages) => UntilAsync(async () => await _server.BacklogAsync(Cancellation) == messages);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Patience);
        while (!await condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
