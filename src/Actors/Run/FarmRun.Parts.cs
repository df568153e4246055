using System.Net;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Core;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Kms;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Run;

/// <summary>What a run is made of, and how the parts come to know each other.</summary>
public sealed partial class FarmRun
{
    private async Task StartPartsAsync()
    {
        _started = Now;
        var listen = new SipTransportSettings { Allow = _settings.Allow };
        var core = await StartNetworkAsync(listen).ConfigureAwait(false);
        var service = new KeyManagementService(_settings.Kms, _world.CreateRandom());
        var kms = _world.System.ActorOf(KmsPool.Props(service, KmsCounters, _world.Time, _world.KmsInstances), "kms");
        var transport = listen with { ConnectionsPerPeer = _settings.Connections };
        IUeObserver observer = Recorder;
        if (!_settings.Attacks.IsEmpty)
        {
            observer = _view = new PathView(Recorder, _settings.AddressOf);
        }

        _phones = await UeRegion.StartAsync(_world.System, new UeFarmSettings
        {
            Count = _settings.Phones,
            Ue = _settings.Ue with { Core = new SipHop(_settings.Transport, core, 0), Transport = _settings.Transport },
            ProfileOf = _settings.ProfileOf,
            Observer = observer,
            Kms = kms,
            Transport = transport,
            OpenTransport = receiver => _world.Open(_settings.Transport, transport, receiver),
            Random = _world.CreateRandom(),
            ClockOffsetOf = _settings.Clocks is { } clocks ? clocks.OffsetOf : null,
            Decorate = _settings.Attacks.IsEmpty ? null : opened => _path = new InterceptingTransport(opened),
        }, _world.Wheel).ConfigureAwait(false);
    }

    private async Task<IPEndPoint> StartNetworkAsync(SipTransportSettings listen)
    {
        if (_settings.ExternalCore is { } external)
        {
            return external;
        }

        // Core and application server must know each other's address before either starts: the latter's socket is opened first.
        var receiver = new DeferredReceiver();
        var socket = HasApplicationServer ? _world.Open(SipTransportKind.Tcp, listen, receiver) : null;
        _core = await CoreServer.StartAsync(_world.System, new CoreSettings
        {
            Domain = _settings.Domain,
            Subscribers = _settings.Subscribers,
            ApplicationServer = socket is null ? _settings.ExternalApplicationServer : new SipHop(SipTransportKind.Tcp, socket.LocalEndPoint, 0),
            SendsThirdPartyRegistrations = _settings.ApplicationServer.Presence == PresenceSource.ThirdPartyRegister,
            Timers = _settings.Ue.Timers,
            Partitions = _world.Partitions,
            Random = _world.CreateRandom(),
        }, _world.Wheel, router => OpenCore(listen, router)).ConfigureAwait(false);
        if (socket is not null)
        {
            var settings = ApplicationServerSettingsOf(listen, socket, receiver);
            _applicationServer = await Mailbox.ApplicationServer.StartAsync(_world.System, settings, _world.Wheel).ConfigureAwait(false);
        }

        return _core.EndPoint;
    }

    private IReadOnlyList<ISipTransport> OpenCore(SipTransportSettings listen, ISipReceiver router)
    {
        var settings = listen with { Listen = _settings.CoreListen };
        return _settings.Transport == SipTransportKind.Udp || _settings.ExternalApplicationServer is { Transport: SipTransportKind.Udp }
            ? _world.OpenTcpAndUdp(settings, router)
            : [_world.Open(SipTransportKind.Tcp, settings, router)];
    }

    private ApplicationServerSettings ApplicationServerSettingsOf(SipTransportSettings listen, ISipTransport socket, DeferredReceiver receiver) =>
        new()
        {
            Behavior = _settings.ApplicationServer,
            Domain = _settings.Domain,
            Core = new SipHop(SipTransportKind.Tcp, _core!.EndPoint, 0),
            DatabasePath = _settings.DatabasePath,
            Store = _world.CreateStore(),
            Timers = _settings.Ue.Timers,
            Partitions = _world.Partitions,
            Transport = listen,
            Random = _world.CreateRandom(),
            Observer = Recorder,
            OpenTransports = actual =>
            {
                receiver.Target = actual;
                return [socket];
            },
        };

    private void StartAttacks()
    {
        if (_path is null)
        {
            return;
        }

        _attacker = new Attacker(new AttackerSettings
        {
            Plan = _settings.Attacks,
            View = _view!,
            Record = (kind, phone) => Recorder.Record(new RunFact(RunFactKind.AttackSent, Now.Ticks, phone, Attack: kind)),
            Time = _world.Time,
            Random = _world.CreateRandom(),
            OpenTransport = receiver => _world.Open(_settings.Transport, new SipTransportSettings { Allow = _settings.Allow }, receiver),
            Phones = PhonesEndPoint,
            Timers = _settings.Ue.Timers,
        });
        _attacker.Start(_path);
    }
}
