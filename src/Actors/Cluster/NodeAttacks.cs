using System.Net;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Run;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// A node's share of a run's attacks, on the phones that it has. What is injected is noted in the stream of the block of the phone that it is for, before what
/// that phone makes of it.
/// </summary>
internal sealed class NodeAttacks : IAsyncDisposable
{
    private readonly FarmRunSettings _settings;
    private readonly NodeAgentSettings _node;
    private readonly PathView _view;
    private InterceptingTransport? _path;
    private Attacker? _attacker;
    private bool _isStarted;

    public NodeAttacks(FarmRunSettings settings, NodeAgentSettings node, IUeObserver counters)
    {
        _settings = settings;
        _node = node;

        // Somebody else's server may answer 200 for what no phone has taken yet.
        _view = new PathView(
            counters, settings.AddressOf,
            seesOthers: settings is { Attacks.NeedsCaptures: true, ExternalCore: null, ExternalApplicationServer: null });
    }

    /// <summary>That the attacker injects through.</summary>
    public ISipTransport Transport => _attacker!.Transport;

    /// <summary>The node's phones with somebody on their path.</summary>
    public UeFarmSettings On(UeFarmSettings phones) => phones with
    {
        Observer = _view,
        OpenTransport = receiver => Open(phones.Transport, _view.Listen(receiver)),
        Decorate = opened => _path = new InterceptingTransport(opened),
    };

    /// <param name="phones">Where the node's phones listen.</param>
    /// <param name="schedule">Knows which ones there are, and where their facts go.</param>
    public void Open(IPEndPoint phones, BlockSchedule schedule) =>
        _attacker = new Attacker(new AttackerSettings
        {
            Plan = _settings.Attacks,
            Share = () => 1.0 / Math.Max(1, _node.UeNodes()),
            View = _view,
            CanReach = schedule.HasPhone,
            Record = schedule.RecordAttack,
            Time = _node.Wheel.Time,
            Random = SystemRandomSource.Instance,
            OpenTransport = receiver => Open(new SipTransportSettings { Allow = _settings.Allow, Listen = _node.Network.AnyPort }, receiver),
            AdvertisedAddress = _node.Network.Advertised,
            Phones = _node.Network.Reached(phones),
            Timers = _settings.Ue.Timers,
        });

    /// <summary>Nothing when it has started.</summary>
    public void Start()
    {
        if (!_isStarted)
        {
            _isStarted = true;
            _attacker!.Start(_path!);
        }
    }

    /// <summary>What has been injected may still be answered.</summary>
    public void Stop() => _attacker!.Stop();

    public ValueTask DisposeAsync() => _attacker?.DisposeAsync() ?? ValueTask.CompletedTask;

    private ISipTransport Open(SipTransportSettings settings, ISipReceiver receiver) => _settings.Transport == SipTransportKind.Udp
        ? SipTransports.StartUdp(settings, receiver)
        : SipTransports.StartTcp(settings, receiver);
}
