using Akka.Actor;
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
/// Runs the application server of the run that is on, on the node that has this singleton, over the shared mailboxes. The lock on them is what keeps an earlier
/// server, of which nobody knows whether it still lives, from storing or delivering anything: a new one starts when it has the lock.
/// </summary>
internal sealed class ApplicationServerHost : UntypedActor
{
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
    private bool _isClosed;

    public ApplicationServerHost(IClusterRunFactory factory, NodeNetwork network, WakeUpWheel wheel, string node, ClusterMetrics metrics)
    {
        _factory = factory;
        _network = network;
        _wheel = wheel;
        _clock = new RunClock(wheel);
        _node = node;
        _metrics = metrics;
    }

    public static Props Props(IClusterRunFactory factory, NodeNetwork network, WakeUpWheel wheel, string node, ClusterMetrics metrics) =>
        Akka.Actor.Props.Create(() => new ApplicationServerHost(factory, network, wheel, node, metrics));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterMessages.RunState state:
                Follow(state);
                break;
            case ClusterMessages.CloseBooks close when close.RunId == _runId && _running is { } running && !_isBusy && !_isClosed:
                _isBusy = true;
                WriteStoredAsync(running).PipeTo(Self);
                break;
            case Running running:
                _isBusy = false;
                _running = running;
                break;
            case Done done:
                _isBusy = false;
                _isClosed |= done.IsClosed;
                break;
            case Status.Failure failure:
                _isBusy = false;
                _runId = "";
                _log.Error("the application server cannot work: {0}", failure.Cause.Message);
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
        if (_isBusy)
        {
            return;
        }

        var isOn = state.IsOn && state.CoreHop.Length > 0;
        if (_running is { } running && (!isOn || state.RunId != _runId || state.CoreHop != _core))
        {
            _running = null;
            _isBusy = true;
            StopAsync(running).PipeTo(Self);
        }
        else if (_running is null && isOn)
        {
            _runId = state.RunId;
            _core = state.CoreHop;
            _isClosed = false;
            _isBusy = true;
            StartAsync(Context.System, state).PipeTo(Self);
        }
        else if (_running is { } server)
        {
            Sender.Tell(new ClusterMessages.ApplicationServerStarted(
                _runId, HopText.Of(_network.Reached(server.Server.EndPoint)), server.Server.Counters.Backlog, server.Server.Counters.OrderViolations, _isClosed));
        }
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
            var claim = await journal.ClaimAsync(RunStreams.ApplicationServer, _node, CancellationToken.None).ConfigureAwait(false);
            var isFirst = !await WasOpenedAsync(journal).ConfigureAwait(false);
            var observer = new DropWriter(journal, claim, _clock);
            var server = await ApplicationServer.StartAsync(system, SettingsOf(settings, core, isFirst, observer), _wheel).ConfigureAwait(false);

            // Before anybody hears of this server: one that takes over must not throw away what this one was given.
            if (await FlushAsync(journal, claim, RunFactKind.Opened).ConfigureAwait(false))
            {
                var metrics = _metrics.Of(state.RunId);
                metrics.Add("as", server.Transports);
                metrics.Add(journal);
                metrics.Show(NodeMetricsPart.ApplicationServer, FarmMetrics.OfApplicationServer(server.Counters, _wheel.Time));
                return new Running(server, journal, claim);
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
        (settings.ApplicationServer with { Store = _factory.MailboxStoreOf(isFirst) }).ApplyTo(new ApplicationServerSettings
        {
            Domain = settings.Domain,
            Core = core,
            DatabasePath = settings.DatabasePath,
            Timers = settings.Ue.Timers,
            Transport = new SipTransportSettings { Allow = settings.Allow, Listen = _network.AnyPort },
            Random = SystemRandomSource.Instance,
            Observer = observer,
        });

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

    private static async Task<bool> WasOpenedAsync(IRunJournal journal)
    {
        await foreach (var fact in journal.ReadAllAsync(RunStreams.ApplicationServer).ConfigureAwait(false))
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
        await running.Server.DisposeAsync().ConfigureAwait(false);
        await running.Journal.DisposeAsync().ConfigureAwait(false);
        return new Done(false);
    }

    private sealed record Running(ApplicationServer Server, IRunJournal Journal, StreamClaim Claim) : INoSerializationVerificationNeeded;

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
