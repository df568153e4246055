using Akka.Actor;
using Akka.Event;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// A block of phones on the node that has it now. Its first <see cref="ClusterMessages.EnsureBlock"/> makes it claim its stream, read what it was, and go on
/// from there. It ends when it moves, when its claim is lost, or when its facts cannot be kept; the next EnsureBlock then starts it anew, here or elsewhere.
/// </summary>
internal sealed class BlockActor : UntypedActor
{
    private readonly int _block;
    private readonly Func<NodeRun?> _current;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private NodeRun? _run;
    private BlockJournal? _journal;
    private BlockMemory? _memory;
    private UeBlock? _phones;
    private bool _isRestoring;
    private bool _isSearching;
    private bool _isEnding;
    private bool _isClosed;
    private bool _isMoving;

    /// <param name="block">Its number.</param>
    /// <param name="current">The run that the node takes part in; null: none.</param>
    public BlockActor(int block, Func<NodeRun?> current)
    {
        _block = block;
        _current = current;
    }

    public static Props Props(int block, Func<NodeRun?> current) => Akka.Actor.Props.Create(() => new BlockActor(block, current));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterMessages.EnsureBlock ensure:
                Ensure(ensure);
                break;
            case Restored restored:
                _isRestoring = false;
                if (_isEnding)
                {
                    Finish();
                }
                else
                {
                    Begin(restored);
                }

                break;
            case Missed missed when !_isEnding:
                _isSearching = false;
                Fail(missed.Sends);
                break;
            case Missed:
                // The next owner finds them again.
                break;
            case ClusterMessages.CloseBooks close when _run?.RunId == close.RunId:
                // There is no next owner: what this one has to write down comes first, and the conductor asks again.
                if (!_isRestoring && !_isSearching)
                {
                    End();
                }

                Sender.Tell(Report());
                break;
            case BlockEnd end when end == BlockEnd.HandOff:
                _isMoving = true;
                End();
                break;
            case BlockEnd end when end == BlockEnd.Flushed:
                Finish();
                break;
            case BlockEnd end:
                _run!.Counters.OnBlockLost();
                _log.Warning("block {0}: {1}, so it ends here", _block, end == BlockEnd.Fenced ? "another node has it" : "the journal is full");
                Context.Stop(Self);
                break;
            case Terminated:
                // The phones are off: nothing more will be written but what says so.
                _journal!.Flush();
                break;
            case Status.Failure failure:
                _log.Warning("block {0} cannot start: {1}", _block, failure.Cause.Message);
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop() => Leave();

    private void Ensure(ClusterMessages.EnsureBlock ensure)
    {
        if (_current() is not { } run || run.RunId != ensure.RunId)
        {
            // This node has not heard of the run, or goes on with an older one: the conductor asks again.
            return;
        }

        if (_run is null && !run.IsUpToDate)
        {
            // A node that came late runs through what has been first.
            return;
        }

        if (_run is null)
        {
            _run = run;
            _isRestoring = true;
            RestoreAsync(run).PipeTo(Self);
        }
        else if (!ReferenceEquals(_run, run))
        {
            Context.Stop(Self);
            return;
        }

        Sender.Tell(Report());
    }

    private ClusterMessages.BlockReport Report() => new(
        _run!.RunId, _block, _run.Node, _journal?.Claim.Epoch ?? 0, _phones is null ? 0 : _run.Blocks.CountOf(_block),
        _journal?.Registered ?? 0, _journal?.InFlight ?? 0, _isClosed);

    private async Task<Restored> RestoreAsync(NodeRun run)
    {
        var claim = await run.Journal.ClaimAsync(_block, run.Node, CancellationToken.None).ConfigureAwait(false);
        var memory = new BlockMemory(
            run.Blocks.FirstOf(_block), run.Blocks.CountOf(_block), run.CreateFlash, run.Settings.Ue.ReplayCache, SystemRandomSource.Instance);
        await foreach (var fact in run.Journal.ReadAllAsync(_block).ConfigureAwait(false))
        {
            memory.Apply(fact);
        }

        if (claim.Epoch > 1)
        {
            memory.Restart(run.Settings.Ue.OnRestart);
        }

        return new Restored(claim, memory);
    }

    private void Begin(Restored restored)
    {
        var run = _run!;
        var first = run.Blocks.FirstOf(_block);
        run.Counters.OnBlockClaimed();
        _memory = restored.Memory;
        _journal = new BlockJournal(run.Journal, restored.Claim, run.Clock, restored.Memory, first, Self);
        var now = run.Clock.UtcNow.Ticks;
        foreach (var phone in restored.Memory.Registered)
        {
            _journal.Append(new RunFact(RunFactKind.WentOffline, now, phone));
        }

        foreach (var (number, phone) in restored.Memory.Open)
        {
            _journal.AppendMissed(number, phone);
            run.Counters.OnMissed(isDueHere: false);
        }

        _phones = run.Region.StartBlock(Context, _block, new UeBlockStart(restored.Memory.Flash, _journal, run.CreateFlash));
        Context.Watch(_phones.Parent);
        var before = run.Schedule.Adopt(_block, _journal, run.Player);
        if (before > 0)
        {
            var count = run.Blocks.CountOf(_block);
            _isSearching = true;
            Task.Run(() => new Missed(MissedSends.Find(run.Settings.CreateSchedule(run.Player.Changes), before, first, count, restored.Memory))).PipeTo(Self);
        }
        else
        {
            restored.Memory.ForgetMessages();
        }
    }

    /// <summary>What came due while the block was nowhere was never sent: a phone that is gone sends nothing.</summary>
    private void Fail(List<(long Number, int Phone)> missed)
    {
        foreach (var (number, phone) in missed)
        {
            _journal!.AppendMissed(number, phone);
            _run!.Counters.OnMissed(isDueHere: true);
        }

        _memory!.ForgetMessages();
    }

    /// <summary>Ends in order: nothing comes in or is played any more, the phones stop, what they wrote becomes safe, then the block stops.</summary>
    private void End()
    {
        if (_isEnding)
        {
            StopIfMoving();
            return;
        }

        _isEnding = true;
        Leave();
        if (_phones is not null)
        {
            Context.Stop(_phones.Parent);
        }
        else if (!_isRestoring)
        {
            Finish();
        }
    }

    private void Finish()
    {
        _isClosed = true;
        StopIfMoving();
    }

    /// <summary>At the end of a run the block stays, to say that it is closed.</summary>
    private void StopIfMoving()
    {
        if (_isClosed && _isMoving)
        {
            _run?.Counters.OnBlockHandedOver();
            Context.Stop(Self);
        }
    }

    private void Leave()
    {
        if (_journal is not null)
        {
            _run!.Schedule.Drop(_block, _journal);
        }

        _phones?.Hide();
    }

    private sealed record Restored(StreamClaim Claim, BlockMemory Memory) : INoSerializationVerificationNeeded;

    private sealed record Missed(List<(long Number, int Phone)> Sends) : INoSerializationVerificationNeeded;
}
