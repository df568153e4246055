using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>The application server process by itself: what it answered holds across its death.</summary>
[Collection(WholeProcesses.Name)]
public sealed class NodeTests
{
    private const string Domain = "ims.example";
    private const int Messages = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_an_operator_took_out_stays_out_when_the_server_is_killed_right_after_its_answer()
    {
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder);
        await WriteAsync(server);
        Assert.Equal(Messages, await server.BacklogAsync(Cancellation));

        Assert.Equal(Messages, (int)(await server.ChangeAsync(HttpMethod.Delete, "mailboxes/bob", Cancellation))["removed"]!);
        await server.KillAsync();
        await server.StartAgainAsync(Cancellation);

        Assert.Equal(0, await server.BacklogAsync(Cancellation));
    }

    [Fact]
    public async Task A_frozen_server_is_not_ready_and_is_again_when_it_goes_on()
    {
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder);
        server.Freeze();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.GetAsync("health/ready", Cancellation));
        server.Thaw();
        Assert.Equal("ready", (string?)(await server.GetAsync("health/ready", Cancellation))["status"]);
    }

    [Theory]
    [InlineData(ProcessSignal.Terminate)]
    [InlineData(ProcessSignal.Interrupt)]
    public async Task A_second_signal_ends_a_server_at_once_that_waits_for_its_deliveries_and_nothing_is_lost(int signal)
    {
        const int KilledBySignal = 128 + ProcessSignal.Kill;
        using var folder = new TemporaryFolder();
        using var silentCore = new TcpListener(IPAddress.Loopback, 0);
        silentCore.Start();
        await using var server = await StartAsync(folder, (IPEndPoint)silentCore.LocalEndpoint);
        Assert.SkipWhen(signal == ProcessSignal.Interrupt && InterruptTests.IgnoresInterrupts(server.Id), "the environment makes its processes ignore SIGINT");
        await WriteAsync(server);
        using var connection = await SipConnection.ConnectAsync(server.EndPoint, Cancellation);
        await new SipSubscriber(connection, ProfileOf("bob"), Domain).RegisterAsync(Cancellation);
        using var delivery = await silentCore.AcceptTcpClientAsync(Cancellation);

        server.Signal(signal);
        await UntilAsync(() => server.Output.Contains("as: stopping: ", StringComparison.Ordinal));
        server.Signal(signal);

        Assert.Equal(KilledBySignal, await server.WaitForExitAsync(Patience));
        await server.StartAgainAsync(Cancellation);
        Assert.Equal(Messages, await server.BacklogAsync(Cancellation));
    }

    private static Task<ApplicationServerProcess> StartAsync(TemporaryFolder folder, IPEndPoint? core = null) => ApplicationServerProcess.StartAsync(
        new ApplicationServerProcessSettings { Domain = Domain, Core = core ?? new IPEndPoint(IPAddress.Loopback, 9), Folder = folder.FullPath }, Cancellation);

    /// <summary>Messages to one who is away, as a core passes them on.</summary>
    private static async Task WriteAsync(ApplicationServerProcess server)
    {
        using var connection = await SipConnection.ConnectAsync(server.EndPoint, Cancellation);
        var core = new SipSubscriber(connection, ProfileOf("alice"), Domain);
        for (var i = 0; i < Messages; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"text-{i}");
            Assert.Equal(202, await core.WriteAsync($"sip:bob@{Domain}", key, key, Cancellation));
        }
    }

    private static UeProfile ProfileOf(string user) =>
        new(0, $"sip:{user}@{Domain}", new SubscriberCredentials($"{user}@{Domain}", DigestAlgorithm.Md5, "unused", default, default, default), default);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Patience);
        while (!condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
