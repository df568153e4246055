using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Metrics;
using UeFarm.Actors.Run;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// A group of mailboxes of the run that is on, served by an application server on the node that has the group. The lock on the mailboxes is what keeps an earlier
/// server, of which nobody knows whether it still lives, from storing or delivering anything: a new one starts when it has the lock.
/// </summary>
internal sealed class MailboxGroupActor : UntypedActor
{
    private readonly int _group;
    private readonly IClusterRunFactory _factory;
    private readonly NodeNetwork _network;
    private readonly WakeUpWheel _wheel;
    private readonly RunClock _clock;
    private readonly string _node;
    private readonly ClusterMetrics _metrics;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private string _runId = "";
    private string _core = "";
    private bool _isBusy;
    private Running? _running;
    private IActorRef _conductor = ActorRefs.Nobody;
    private bool _isClosed;
    private bool _isEnding;

    public MailboxGroupActor(int group, IClusterRunFactory factory, NodeNetwork network, WakeUpWheel wheel, string node, ClusterMetrics metrics)
    {
        _group = group;
        _factory = factory;
        _network = network;
        _wheel = wheel;
        _clock = new RunClock(wheel);
        _node = node;
        _metrics = metrics;
    }

    public static Props Props(int group, IClusterRunFactory factory, NodeNetwork network, WakeUpWheel wheel, string node, ClusterMetrics metrics) =>
        Akka.Actor.Props.Create(() => new MailboxGroupActor(group, factory, network, wheel, node, metrics));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterMessages.ServeMailboxes serve when !_isBusy && !_isEnding:
                Follow(serve.Run);
                break;
            case ClusterMessages.ServeMailboxes:
                break;
            case ClusterMessages.CloseBooks close when close.RunId == _runId && _running is { } running && !_isBusy && !_isEnding && !_isClosed:
                _isBusy = true;
                WriteStoredAsync(running).PipeTo(Self);
                break;
            case ClusterMessages.CloseBooks:
                break;
            case End:
                _isEnding = true;
                GoOn();
                break;
            case Running running:
                _running = running;
                Report(running.Server);
                GoOn();
                break;
            case Done done:
                _isClosed |= done.IsClosed;
                GoOn();
                break;
            case Status.Failure failure:
                _runId = "";
                _log.Warning("mailboxes {0} cannot be served: {1}", _group, failure.Cause.Message);
                GoOn();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        if (_running is { } running)
        {
            _ = StopAsync(running);
        }
    }

    private void Follow(ClusterMessages.RunState state)
    {
        _conductor = Sender;

        // A conductor that takes over does not know at first where the core is, which does not mean that it is elsewhere.
        var knowsCore = state.CoreHop.Length > 0;
        if (_running is { } running && (!state.IsOn || state.RunId != _runId || (knowsCore && state.CoreHop != _core)))
        {
            Close(running);
        }
        else if (_running is { Server: var server })
        {
            Report(server);
        }
        else if (state.IsOn && knowsCore)
        {
            _runId = state.RunId;
            _core = state.CoreHop;
            _isClosed = false;
            _isBusy = true;
            StartAsync(Context.System, state).PipeTo(Self);
        }
        else if (!state.IsOn)
        {
            Context.Parent.Tell(new Passivate(End.Instance));
        }
    }

    private void Report(ApplicationServer server) => _conductor.Tell(new ClusterMessages.ApplicationServerStarted(
        _runId, _group, HopText.Of(_network.Reached(server.EndPoint)), server.Counters.Backlog, server.Counters.OrderViolations, _isClosed));

    /// <summary>A piece of work is done. Who is to end does so when nothing is left to close.</summary>
    private void GoOn()
    {
        _isBusy = false;
        if (_isEnding && _running is { } running)
        {
            Close(running);
        }
        else if (_isEnding)
        {
            Context.Stop(Self);
        }
    }

    private void Close(Running running)
    {
        _running = null;
        _isBusy = true;
        StopAsync(running).PipeTo(Self);
    }

    private async Task<Running> StartAsync(ActorSystem system, ClusterMessages.RunState state)
    {
        var settings = await _factory.CreateSettingsOfAsync(state.RunId).ConfigureAwait(false);
        if (!HopText.TryRead(state.CoreHop, SipTransportKind.Tcp, out var core))
        {
            throw new InvalidDataException($"'{state.CoreHop}' is no address of a core");
        }

        var journal = await _factory.OpenJournalAsync(state.RunId, CancellationToken.None).ConfigureAwait(false);
        try
        {
            var claim = await journal.ClaimAsync(RunStreams.ApplicationServerOf(_group), _node, CancellationToken.None).ConfigureAwait(false);
            var isFirst = !await WasOpenedAsync(journal).ConfigureAwait(false);
            var observer = new DropWriter(journal, claim, _clock);
            var server = await ApplicationServer.StartAsync(system, SettingsOf(settings, core, isFirst, observer), _wheel).ConfigureAwait(false);

            // Before anybody hears of this server: one that takes over must not throw away what this one was given.
            if (await FlushAsync(journal, claim, RunFactKind.Opened).ConfigureAwait(false))
            {
                var metrics = _metrics.Of(state.RunId);
                metrics.Add("as", server.Transports);
                metrics.Add(journal);
                return new Running(server, journal, claim, metrics.Add(server.Counters, _wheel.Time));
            }

            await server.DisposeAsync().ConfigureAwait(false);
            throw new InvalidDataException("another node has started the application server meanwhile");
        }
        catch
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private ApplicationServerSettings SettingsOf(FarmRunSettings settings, SipHop core, bool isFirst, IMailboxObserver observer) =>
        new()
        {
            Behavior = settings.ApplicationServer.OfGroup(settings.MailboxGroups) with { Store = _factory.MailboxStoreOf(_group, isFirst) },
            Domain = settings.Domain,
            Core = core,
            DatabasePath = settings.DatabasePath,
            Timers = settings.Ue.Timers,
            Transport = new SipTransportSettings { Allow = settings.Allow, Listen = _network.AnyPort },
            Random = SystemRandomSource.Instance,
            Observer = observer,
        };

    /// <summary>What is in the store at the end is written to the journal, where the conductor finds it.</summary>
    private async Task<Done> WriteStoredAsync(Running running)
    {
        await foreach (var stored in running.Server.ReadStoredAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (RunFact.TryOfStored(stored, _clock.UtcNow, out var fact) && !running.Journal.TryAppend(running.Claim, fact))
            {
                throw new InvalidDataException("the journal is full");
            }
        }

        return new Done(await FlushAsync(running.Journal, running.Claim, RunFactKind.Released).ConfigureAwait(false));
    }

    /// <summary>Writes a fact about the stream itself and waits until it, and all before it, is safe. False: the claim is lost, or the journal full.</summary>
    private async Task<bool> FlushAsync(IRunJournal journal, StreamClaim claim, RunFactKind kind)
    {
        var flush = new Flush();
        return journal.TryAppend(claim, new RunFact(kind, _clock.UtcNow.Ticks, Token: claim.Epoch), flush) && await flush.Task.ConfigureAwait(false);
    }

    private async Task<bool> WasOpenedAsync(IRunJournal journal)
    {
        await foreach (var fact in journal.ReadAllAsync(RunStreams.ApplicationServerOf(_group)).ConfigureAwait(false))
        {
            if (fact.Kind == RunFactKind.Opened)
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<Done> StopAsync(Running running)
    {
        running.Shown.Dispose();
        await running.Server.DisposeAsync().ConfigureAwait(false);
        await running.Journal.DisposeAsync().ConfigureAwait(false);
        return new Done(false);
    }

    /// <summary>The region asks it to close and stop.</summary>
    internal sealed class End : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly End Instance = new();

        private End()
        {
        }
    }

    private sealed record Running(ApplicationServer Server, IRunJournal Journal, StreamClaim Claim, IDisposable Shown) : INoSerializationVerificationNeeded;

    private sealed record Done(bool IsClosed) : INoSerializationVerificationNeeded;

    private sealed class Flush : IRunJournalClient
    {
        private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<bool> Task => _done.Task;

        public void OnDurable(long token) => _done.TrySetResult(true);

        public void OnFenced(long token) => _done.TrySetResult(false);
    }

    /// <summary>Writes down what the server drops.</summary>
    private sealed class DropWriter(IRunJournal journal, StreamClaim claim, RunClock clock) : IMailboxObserver
    {
        public void OnDropped(ReadOnlyMemory<byte> body, string contentType, string reason)
        {
            if (RunFact.TryOfDropped(body, contentType, reason, clock.UtcNow, out var fact))
            {
                journal.TryAppend(claim, fact);
            }
        }
    }
}
