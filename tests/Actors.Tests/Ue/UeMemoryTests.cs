using System.Globalization;
using System.Net;
using Akka.Actor;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Actors.Tests.Ue;

/// <summary>What an idle registered phone costs, all in: actor, machine, profile, flash memory, wake-up, place in the tables.</summary>
[CollectionDefinition(nameof(UeMemoryTests), DisableParallelization = true)]
[Collection(nameof(UeMemoryTests))]
public sealed class UeMemoryTests
{
    private const int Budget = 1536;

    [Fact]
    public async Task An_idle_registered_phone_stays_within_its_budget()
    {
        const int Few = 2_000;
        const int Many = 12_000;
        using var system = FarmActorSystem.Create("ue-memory", "akka.loglevel = OFF");
        await using var wheel = new WakeUpWheel(TimeProvider.System, TimeSpan.FromMilliseconds(10));
        using var observer = new CountingObserver();
        var network = new InMemorySipNetwork();
        using var core = new ChallengingCore(network, IPEndPoint.Parse("10.0.0.1:5060"));
        await using var region = await UeRegion.StartAsync(system, SettingsOf(Many, observer, network), wheel);

        await RegisterAsync(region, observer, 0, Few);
        var before = Settle();
        await RegisterAsync(region, observer, Few, Many);
        var after = Settle();
        var perPhone = (after - before) / (double)(Many - Few);
        TestContext.Current.SendDiagnosticMessage($"{perPhone:F0} bytes per idle registered phone");
        Assert.True(perPhone < Budget, $"{perPhone:F0} bytes per idle registered phone, budget {Budget}");
        Assert.Equal(Many, region.Counters.PhonesCreated);
        await system.Terminate();
    }

    private static long Settle()
    {
        // Transactions of the last phones end on other threads; what is still reachable then is what idle phones keep.
        var smallest = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            smallest = Math.Min(smallest, GC.GetTotalMemory(forceFullCollection: true));
        }

        return smallest;
    }

    private static async Task RegisterAsync(UeRegion region, CountingObserver observer, int from, int to)
    {
        for (var index = from; index < to; index++)
        {
            region.Tell(new UeCommands.GoOnline(new UeId(index)));
        }

        await observer.WaitForAsync(to);
    }

    private static UeFarmSettings SettingsOf(int count, IUeObserver observer, InMemorySipNetwork network) => new()
    {
        Count = count,
        Ue = new UeSettings
        {
            Domain = "ims.example",
            Core = new SipHop(SipTransportKind.Memory, IPEndPoint.Parse("10.0.0.1:5060"), 0),
            Transport = SipTransportKind.Memory,
            ContactHost = string.Empty,
            Timers = new Protocol.Sip.Transactions.SipTimers { MemoryIsReliable = true },
        },
        ProfileOf = static index =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"ue{index:000000}");
            var credentials = new SubscriberCredentials(name + "@ims.example", DigestAlgorithm.Md5, "password of " + name, default, default, default);
            return new UeProfile(index, $"sip:{name}@ims.example", credentials, new byte[16]);
        },
        Observer = observer,
        Kms = ActorRefs.Nobody,
        Transport = new SipTransportSettings(),
        OpenTransport = receiver => network.Open(IPEndPoint.Parse("10.0.0.2:0"), receiver, SipLimits.Default),
        Random = SystemRandomSource.Instance,
    };

    private sealed class CountingObserver : IUeObserver, IDisposable
    {
        private readonly SemaphoreSlim _registered = new(0);
        private int _seen;

        public void OnUeFact(UeId ue, in UeEffect fact, Instant now)
        {
            if (fact.Kind == UeEffectKind.Registered)
            {
                _registered.Release();
            }
        }

        public void OnUeRestarted(UeId ue, Exception cause)
        {
        }

        public void Dispose() => _registered.Dispose();

        public async Task WaitForAsync(int count)
        {
            for (; _seen < count; _seen++)
            {
                Assert.True(await _registered.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), $"only {_seen} registered");
            }
        }
    }

    /// <summary>Challenges each first REGISTER and keeps nothing itself.</summary>
    private sealed class ChallengingCore : ISipReceiver, IDisposable
    {
        private const string Challenge = "Digest realm=\"ims.example\",nonce=\"4f1d6a0e9b3c5d7e8f90a1b2c3d4e5f6\",qop=\"auth\",algorithm=MD5";
        private readonly ISipTransport _transport;

        public ChallengingCore(InMemorySipNetwork network, IPEndPoint endPoint) => _transport = network.Open(endPoint, this, SipLimits.Default);

        public void OnMessage(SipMessage message, SipHop from)
        {
            if (message is SipRequest { Method: SipMethod.Register } request)
            {
                var isFirst = request.CSeqNumber == 1;
                var response = isFirst
                    ? SipForwarding.Respond(request, 401, "core", from, (SipHeaderId.WwwAuthenticate, Challenge))
                    : SipForwarding.Respond(request, 200, "core", from, (SipHeaderId.Expires, "600000"), (SipHeaderId.ServiceRoute, "<sip:orig@10.0.0.1:5060;lr>"));
                _transport.Send(from, response);
            }
        }

        public void OnFlowFailed(SipHop hop)
        {
        }

        public void Dispose() => _transport.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
