using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Run;
using AkkaCluster = Akka.Cluster.Cluster;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// The singleton that leads a run through its stages, tells every node where it stands, keeps the books by following the journal, and gives the verdict. What
/// must be decided once is decided in the register; all else is looked up or worked out again by the conductor that takes over.
/// </summary>
internal sealed partial class Conductor : UntypedActor, IWithTimers, IWithStash
{
    private readonly ConductorSettings _settings;
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<int, ClusterMessages.BlockReport> _blocks = [];
    private readonly Dictionary<string, ClusterMessages.NodeReport> _nodes = [];
    private ClusterRunRecord? _run;
    private FarmRunSettings? _runSettings;
    private IRunJournal? _journal;
    private ClusterBooks? _books;
    private ClusterRunView? _view;
    private NodeBook? _nodeBook;
    private long _tick;
    private long? _closedTick;
    private bool _isPublished;

    /// <summary>Of the books, also after the run's end.</summary>
    private RunCounters? _counters;
    private readonly SortedDictionary<int, ClusterMessages.ApplicationServerStarted> _servers = [];
    private ClusterRunStage _stage = ClusterRunStage.Idle;
    private SettleRule? _settling;
    private string _core = "";
    private DateTimeOffset _stageBegan;
    private bool _isBusy;
    private bool _isStarting;

    /// <summary>
    /// Whether the register has said what there is. Until then this one knows nothing, and says nothing: "no run" would stop on every node what an earlier
    /// conductor leads.
    /// </summary>
    private bool _isInformed;

    public Conductor(ConductorSettings settings)
    {
        _settings = settings;
        _database = new DatabaseWatch(settings.Time);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    public static Props Props(ConductorSettings settings) => Akka.Actor.Props.Create(() => new Conductor(settings));

    private DateTimeOffset UtcNow => _settings.Time.GetUtcNow();

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TimeSpan.Zero, _settings.Tick);
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        _ = _journal?.DisposeAsync().AsTask();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick when !_isInformed:
                if (!_isBusy)
                {
                    Do(FindAsync());
                }

                break;
            case Tick:
                AskDatabase();
                Advance();
                _tick++;
                Broadcast();
                OfferPicture();
                break;
            case ClusterMessages.NodeReport report:
                _nodes[report.Node] = report;
                NoteTotals(report);
                break;
            case ClusterMessages.NodeLag lag when lag.RunId == _nodeBook?.RunId:
                _nodeBook.Note(lag);
                break;
            case ClusterMessages.BlockReport report when report.RunId == _run?.RunId:
                _blocks[report.Block] = report;
                _view?.RegisteredByBlocks = _blocks.Values.Sum(static block => block.Registered);
                NoteReturn();
                break;
            case ClusterMessages.CoreStarted started when started.RunId == _run?.RunId:
                if (_core != started.Hop)
                {
                    _core = started.Hop;
                    Broadcast();
                }

                break;
            case ClusterMessages.ApplicationServerStarted started when started.RunId == _run?.RunId:
                var isElsewhere = _servers.GetValueOrDefault(started.Group)?.Hop != started.Hop;
                _servers[started.Group] = started;
                if (_servers.Count == MailboxGroups)
                {
                    _view?.HearStored(Backlog);
                }

                if (isElsewhere)
                {
                    Broadcast();
                }

                break;
            case ClusterMessages.ConductorQuery when !_isInformed:
                Stash.Stash();
                break;
            case ClusterMessages.ConductorQuery query:
                Answer(query);
                break;
            case ClusterEvent.MemberRemoved removed:
                NoteRemoval(removed);
                break;
            case DatabaseAnswered answered:
                NoteAnswer(answered.Run);
                break;
            case Outcome outcome:
                _isBusy = false;
                outcome.Apply();
                break;
            case Status.Failure failure:
                _isBusy = false;
                if (!_isInformed)
                {
                    // Whoever asked has been told that nobody answers, or will be: a late answer would do what nobody waits for any more.
                    Stash.ClearStash();
                }

                _log.Warning("conductor: {0}", failure.Cause.Message);
                break;
            case ClusterMessages.BlockReport or ClusterMessages.CoreStarted or ClusterMessages.ApplicationServerStarted or ClusterMessages.NodeLag:
                break;   // of an earlier run
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Everybody hears where the run stands, and blocks are asked to be there: once a second, and when a part has started elsewhere.</summary>
    private void Broadcast()
    {
        var state = _run is { } run
            ? new ClusterMessages.RunState(run.RunId, run.StartTicks, _stage, _core, ServerHops())
            : ClusterMessages.RunState.Idle;
        foreach (var member in _cluster.State.Members.Where(static member => member.Status == MemberStatus.Up))
        {
            Context.ActorSelection(new RootActorPath(member.Address) / "user" / NodeAgent.Name).Tell(state, Self);
        }

        // A part that somebody else plays has nothing to do here.
        _settings.Core.Tell(_runSettings is { ExternalCore: not null } ? ClusterMessages.RunState.Idle : state, Self);
        TellMailboxes(state);
        if (_runSettings is not null && _stage is >= ClusterRunStage.Registering and <= ClusterRunStage.Closing)
        {
            for (var block = 0; block < BlockCount; block++)
            {
                _settings.Blocks.Tell(new ClusterMessages.EnsureBlock(state.RunId, block), Self);
            }
        }
    }

    /// <summary>While the run is on every group is to have a server; those that had one hear once that it has ended.</summary>
    private void TellMailboxes(ClusterMessages.RunState state)
    {
        foreach (var group in state.IsOn ? Enumerable.Range(0, MailboxGroups) : _servers.Keys.ToArray())
        {
            _settings.Mailboxes.Tell(new ClusterMessages.ServeMailboxes(group, state), Self);
        }

        if (!state.IsOn)
        {
            _servers.Clear();
        }
    }

    private string[] ServerHops() =>
        [.. Enumerable.Range(0, MailboxGroups).Select(group => _servers.GetValueOrDefault(group)?.Hop ?? "")];

    /// <summary>One piece of work at a time, whose outcome comes back as a message.</summary>
    private void Do(Task<Action> work)
    {
        _isBusy = true;
        work.PipeTo(Self, success: static apply => new Outcome(apply));
    }

    private void Enter(ClusterRunStage stage)
    {
        _stage = stage;
        _view?.Stage = stage;
        _stageBegan = UtcNow;
        _silence = TimeSpan.Zero;
        _log.Info("run {0}: {1}", _run?.RunId, stage);
    }

    private sealed record Outcome(Action Apply) : INoSerializationVerificationNeeded;

    private sealed class Tick : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout
    {
        public static readonly Tick Instance = new();

        private Tick()
        {
        }
    }
}
