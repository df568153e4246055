using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using UeFarm.Actors;
using UeFarm.Actors.Core;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>SIPp as phones of our core and application server: somebody else's SIP, digest and Milenage.</summary>
[Collection(WholeProcesses.Name)]
public sealed class SippTests
{
    private const string Domain = "ims.example";
    private const string Password = "correct-horse-7";
    private const int Writers = 20;

    // TS 35.208 test set 3: SIPp reads its keys as text and stumbles over some others.
    private static readonly byte[] K = Convert.FromHexString("FEC86BA6EB707ED08905757B1BB44B8F");
    private static readonly byte[] Op = Convert.FromHexString("DBC59ADCB6F9A0EF735477B7FADF8374");
    private static readonly byte[] Amf = Convert.FromHexString("725C");

    [Theory]
    [InlineData(DigestAlgorithm.Md5, SipTransportKind.Tcp)]
    [InlineData(DigestAlgorithm.Md5, SipTransportKind.Udp)]
    [InlineData(DigestAlgorithm.AkaV1Md5, SipTransportKind.Tcp)]
    [InlineData(DigestAlgorithm.AkaV1Md5, SipTransportKind.Udp)]
    public async Task Users_of_SIPp_register_write_to_one_who_is_online_and_what_is_written_to_one_who_is_away_waits_until_she_registers(
        DigestAlgorithm algorithm, SipTransportKind transport)
    {
        Peer.Require("sipp", "sip-tester");
        using var folder = new TemporaryFolder();
        using var system = FarmActorSystem.Create("sipp");
        await using var wheel = new WakeUpWheel(TimeProvider.System, TimeSpan.FromMilliseconds(5));
        var serverAddress = new IPEndPoint(IPAddress.Loopback, Peer.FreePort());
        await using var core = await CoreServer.StartAsync(system, new CoreSettings
        {
            Domain = Domain,
            Subscribers = new Subscribers(algorithm),
            ApplicationServer = new SipHop(SipTransportKind.Tcp, serverAddress, 0),
            Udp = true,
            Random = SystemRandomSource.Instance,
        }, wheel);
        await using var server = await ApplicationServer.StartAsync(system, new ApplicationServerSettings
        {
            Domain = Domain,
            Core = new SipHop(SipTransportKind.Tcp, core.EndPoint, 0),
            DatabasePath = folder.PathOf("mailbox.db"),
            Transport = new SipTransportSettings { Listen = serverAddress },
            Random = SystemRandomSource.Instance,
        }, wheel);

        await using var bob = await Sipp.StartReceiverAsync(folder, transport, Writers);
        await RegisterAsync(folder, "bob", algorithm, transport, core, bob.Port);
        var writers = Enumerable.Range(0, Writers).Select(i => $"writer{i}").ToList();
        await using (var clients = Sipp.StartClient(
            folder, "sipp-write.xml", transport, core.EndPoint, [.. writers.Select(name => (name, CredentialsOf(name, algorithm)))]))
        {
            await clients.AssertAllSucceededAsync(Writers);
        }

        await bob.AssertAllSucceededAsync(Writers);
        await WaitForBacklogAsync(server, Writers);
        var stored = new List<string>();
        await foreach (var message in server.ReadStoredAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal("sip:carol@ims.example", message.Recipient);
            Assert.Equal("text/plain", message.ContentType);
            stored.Add(Encoding.ASCII.GetString(message.Body.Span).Trim());
        }

        Assert.Equal(writers.Select(name => $"To carol from {name}").Order(), stored.Order());

        await using var carol = await Sipp.StartReceiverAsync(folder, transport, Writers);
        await RegisterAsync(folder, "carol", algorithm, transport, core, carol.Port);
        await carol.AssertAllSucceededAsync(Writers);
        await WaitForBacklogAsync(server, 0);
        Assert.Equal(Writers + 2, core.Counters.RegistersAccepted);
    }

    [Theory]
    [InlineData(DigestAlgorithm.Md5)]
    [InlineData(DigestAlgorithm.AkaV1Md5)]
    public async Task A_user_of_SIPp_with_a_wrong_secret_is_not_registered(DigestAlgorithm algorithm)
    {
        Peer.Require("sipp", "sip-tester");
        using var folder = new TemporaryFolder();
        using var system = FarmActorSystem.Create("sipp");
        await using var wheel = new WakeUpWheel(TimeProvider.System, TimeSpan.FromMilliseconds(5));
        await using var core = await CoreServer.StartAsync(
            system, new CoreSettings { Domain = Domain, Subscribers = new Subscribers(algorithm), Random = SystemRandomSource.Instance }, wheel);
        var wrong = CredentialsOf("bob", algorithm).Replace(Password, "wrong", StringComparison.Ordinal).Replace("0xFEC8", "0xFEC9", StringComparison.Ordinal);

        await using var client = Sipp.StartClient(folder, "sipp-register.xml", SipTransportKind.Tcp, core.EndPoint, [("bob", wrong)], 5060);

        Assert.NotEqual(0, await client.WaitForExitAsync());
        Assert.Equal(0, core.Counters.RegistersAccepted);
        Assert.True(core.Counters.RegistersChallenged > 0);
    }

    private static async Task RegisterAsync(
        TemporaryFolder folder, string user, DigestAlgorithm algorithm, SipTransportKind transport, CoreServer core, int contactPort)
    {
        await using var client = Sipp.StartClient(
            folder, "sipp-register.xml", transport, core.EndPoint, [(user, CredentialsOf(user, algorithm))], contactPort);
        await client.AssertAllSucceededAsync(1);
    }

    private static string CredentialsOf(string user, DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Md5
        ? $"[authentication username={user}@{Domain} password={Password}]"
        : $"[authentication username={user}@{Domain} aka_OP=0x{Convert.ToHexString(Op)} aka_K=0x{Convert.ToHexString(K)} aka_AMF=0x{Convert.ToHexString(Amf)}]";

    /// <summary>What a phone has answered leaves the store a moment later.</summary>
    private static async Task WaitForBacklogAsync(ApplicationServer server, int messages)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(20));
        var found = -1;
        while (found != messages)
        {
            await Task.Delay(20, timeout.Token);
            found = 0;
            await foreach (var message in server.ReadStoredAsync(timeout.Token))
            {
                found++;
            }
        }
    }

    /// <summary>Everybody of the domain, all with the same secret.</summary>
    private sealed class Subscribers(DigestAlgorithm algorithm) : ISubscriberDirectory
    {
        private readonly byte[] _opc = DeriveOpc();

        public bool TryGet(string privateIdentity, [NotNullWhen(true)] out SubscriberCredentials? credentials, [NotNullWhen(true)] out string? publicIdentity)
        {
            publicIdentity = "sip:" + privateIdentity;
            credentials = algorithm == DigestAlgorithm.AkaV1Md5
                ? new SubscriberCredentials(privateIdentity, algorithm, null, K, _opc, Amf)
                : new SubscriberCredentials(privateIdentity, algorithm, Password, default, default, default);
            return privateIdentity.EndsWith("@" + Domain, StringComparison.Ordinal);
        }

        public bool TryGetByPublicIdentity(string publicIdentity, [NotNullWhen(true)] out SubscriberCredentials? credentials) =>
            TryGet(publicIdentity["sip:".Length..], out credentials, out _);

        private static byte[] DeriveOpc()
        {
            var opc = new byte[16];
            Milenage.DeriveOpc(K, Op, opc);
            return opc;
        }
    }
}
