using System.Globalization;
using System.Net;
using System.Text;
using Akka.Actor;
using UeFarm.Actors.Core;
using UeFarm.Actors.Kms;
using UeFarm.Actors.Tests.Core;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Ue;

/// <summary>Phones of a region, a core and a KMS in one actor system; everything opened is closed after the test.</summary>
public abstract class UeRegionFixture : IAsyncLifetime
{
    private static readonly byte[] MasterSecret = Encoding.ASCII.GetBytes("a secret of thirty-two bytes....");

    private protected ActorSystem Actors { get; } = FarmActorSystem.Create("ue-tests", "akka.loglevel = OFF");
    private protected WakeUpWheel Wheel { get; } = new(TimeProvider.System, TimeSpan.FromMilliseconds(5));
    private protected RecordingUeObserver Observer { get; } = new();
    private readonly List<IAsyncDisposable> _open = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var resource in Enumerable.Reverse(_open))
        {
            await resource.DisposeAsync();
        }

        await Wheel.DisposeAsync();
        await Actors.Terminate();
        Actors.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static string AddressOf(string scheme, int index) => $"sip:{scheme}{index.ToString(CultureInfo.InvariantCulture)}@ims.example";

    private protected T Open<T>(T resource)
        where T : IAsyncDisposable
    {
        _open.Add(resource);
        return resource;
    }

    private protected async Task<CoreServer> StartCoreAsync(SipTransportKind transport) => Open(await CoreServer.StartAsync(
        Actors,
        new CoreSettings
        {
            Domain = "ims.example",
            Subscribers = new CoreDirectory(),
            Udp = transport == SipTransportKind.Udp,
            Random = SystemRandomSource.Instance,
        },
        Wheel));

    private protected async Task<UeRegion> StartRegionAsync(SipHop core, int count, string scheme, InMemorySipNetwork? network = null, bool isSplit = false) =>
        Open(await UeRegion.StartAsync(Actors, SettingsOf(core, count, scheme, network) with { IsSplit = isSplit }, Wheel));

    private protected UeFarmSettings SettingsOf(SipHop core, int count, string scheme, InMemorySipNetwork? network)
    {
        var service = new KeyManagementService(new KmsSettings { MasterSecret = MasterSecret }, SystemRandomSource.Instance);
        return new UeFarmSettings
        {
            Count = count,
            Ue = new UeSettings
            {
                Domain = "ims.example",
                Core = core,
                Transport = core.Transport,
                ContactHost = string.Empty,
                RegistrationRetryBase = TimeSpan.FromMilliseconds(50),
            },
            ProfileOf = index => new UeProfile(
                index, AddressOf(scheme, index), CoreDirectory.CredentialsOf(scheme + index.ToString(CultureInfo.InvariantCulture)),
                KeyManagementService.DerivePsk(MasterSecret, AddressOf(scheme, index), MikeySuite.Aes128Sha1)),
            Observer = Observer,
            Kms = Actors.ActorOf(KmsPool.Props(service, new KmsCounters(), TimeProvider.System, 2)),
            Transport = new SipTransportSettings(),
            OpenTransport = network is null ? null : receiver => network.Open(IPEndPoint.Parse("10.0.0.2:0"), receiver, SipLimits.Default),
            Random = SystemRandomSource.Instance,
            PhonesPerParent = 16,
            RestartPause = TimeSpan.FromMilliseconds(10),
        };
    }
}
