using Akka.Actor;
using Akka.Event;
using UeFarm.Actors.Core;
using UeFarm.Actors.Metrics;
using UeFarm.Actors.Run;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// Runs the core of the run that is on, on the node that has this singleton. A core that takes over knows nobody: phones hear of its address and register again.
/// </summary>
internal sealed class CoreHost : UntypedActor
{
    private readonly IClusterRunFactory _factory;
    private readonly NodeNetwork _network;
    private readonly WakeUpWheel _wheel;
    private readonly ClusterMetrics _metrics;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private string _runId = "";
    private bool _isStarting;
    private CoreServer? _core;
    private IActorRef _conductor = ActorRefs.Nobody;
    private readonly Dictionary<int, string> _applicationServers = [];

    public CoreHost(IClusterRunFactory factory, NodeNetwork network, WakeUpWheel wheel, ClusterMetrics metrics)
    {
        _factory = factory;
        _network = network;
        _wheel = wheel;
        _metrics = metrics;
    }

    public static Props Props(IClusterRunFactory factory, NodeNetwork network, WakeUpWheel wheel, ClusterMetrics metrics) =>
        Akka.Actor.Props.Create(() => new CoreHost(factory, network, wheel, metrics));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterMessages.RunState state:
                Follow(state);
                break;
            case Started started:
                _isStarting = false;
                _core = started.Core;
                Report(_core);
                break;
            case Status.Failure failure:
                _isStarting = false;
                _runId = "";
                _log.Error("the core cannot start: {0}", failure.Cause.Message);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop() => Close();

    private void Follow(ClusterMessages.RunState state)
    {
        _conductor = Sender;
        if (_isStarting)
        {
            return;
        }

        if (!state.IsOn || state.RunId != _runId)
        {
            Close();
            _runId = state.IsOn ? state.RunId : "";
            if (state.IsOn)
            {
                _isStarting = true;
                StartAsync(Context.System, state).PipeTo(Self);
            }

            return;
        }

        if (_core is not { } core)
        {
            return;
        }

        foreach (var (group, text) in state.ApplicationServerHops.Index())
        {
            if (_applicationServers.GetValueOrDefault(group) != text && HopText.TryRead(text, SipTransportKind.Tcp, out var hop))
            {
                _applicationServers[group] = text;
                core.MoveApplicationServer(hop, group);
            }
        }

        Report(core);
    }

    private void Report(CoreServer core) => _conductor.Tell(new ClusterMessages.CoreStarted(_runId, HopText.Of(_network.Reached(core.EndPoint))));

    private async Task<Started> StartAsync(ActorSystem system, ClusterMessages.RunState state)
    {
        var settings = await _factory.CreateSettingsOfAsync(state.RunId).ConfigureAwait(false);
        var core = await CoreServer.StartAsync(system, SettingsOf(settings), _wheel).ConfigureAwait(false);
        var metrics = _metrics.Of(state.RunId);
        metrics.Add("core", core.Transports);
        metrics.Show(NodeMetricsPart.Core, FarmMetrics.OfCore(core.Counters));
        return new Started(core);
    }

    private CoreSettings SettingsOf(FarmRunSettings settings) => new()
    {
        Domain = settings.Domain,
        Subscribers = settings.Subscribers,
        ApplicationServer = settings.ExternalApplicationServer,
        ExpectsApplicationServer = settings.HasApplicationServer,
        MailboxGroups = settings.HasApplicationServer ? settings.MailboxGroups : 1,
        SendsThirdPartyRegistrations = settings.ApplicationServer.Presence == Mailbox.PresenceSource.ThirdPartyRegister,
        Timers = settings.Ue.Timers,
        Transport = new SipTransportSettings { Allow = settings.Allow, Listen = _network.Core },
        Udp = settings.Transport == SipTransportKind.Udp || settings.ExternalApplicationServer is { Transport: SipTransportKind.Udp },
        AdvertisedAddress = _network.Advertised,
        Random = SystemRandomSource.Instance,
    };

    private void Close()
    {
        if (_core is { } core)
        {
            _core = null;
            _applicationServers.Clear();
            Observe(core.DisposeAsync().AsTask());
        }
    }

    private void Observe(Task closing) => closing.ContinueWith(
        task => _log.Warning("the core did not close in order: {0}", task.Exception!.GetBaseException().Message),
        CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private sealed record Started(CoreServer Core) : INoSerializationVerificationNeeded;
}
