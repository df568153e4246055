using UeFarm.Actors.Attack;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Run;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// The share of the schedule that falls to the blocks of this node. A block that comes here takes part from some place of the schedule on; its phones that should be
/// online by then go online one after the other, so that many blocks at once make no storm.
/// </summary>
internal sealed class BlockSchedule : IScheduleTarget, IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly UeBlocks _blocks;
    private readonly Action<IUeCommand> _tell;
    private readonly Func<int, string> _addressOf;
    private readonly RunClock _clock;
    private readonly NodeRecorder _counters;
    private readonly double _perStep;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly BlockJournal?[] _adopted;
    private readonly Queue<int> _pending = new();
    private readonly HashSet<int> _isPending = [];
    private double _allowance;

    /// <param name="blocks">Of the run.</param>
    /// <param name="tell">Hands a command to its phone.</param>
    /// <param name="addressOf">The address that a message to a phone is sent to.</param>
    /// <param name="clock">Of the run's books.</param>
    /// <param name="counters">Of the node.</param>
    /// <param name="time">Paces.</param>
    /// <param name="registrationsPerSecond">Of this node, where phones go online together.</param>
    public BlockSchedule(
        UeBlocks blocks, Action<IUeCommand> tell, Func<int, string> addressOf, RunClock clock, NodeRecorder counters, TimeProvider time,
        double registrationsPerSecond)
    {
        _counters = counters;
        _blocks = blocks;
        _tell = tell;
        _addressOf = addressOf;
        _clock = clock;
        _adopted = new BlockJournal?[blocks.Count];
        _perStep = registrationsPerSecond * Step.TotalSeconds;
        _timer = time.CreateTimer(_ => Proceed(), null, Step, Step);
    }

    /// <summary>From now on the block's phones are played here. Returns how many messages of the schedule came before.</summary>
    public long Adopt(int block, BlockJournal journal, SchedulePlayer player)
    {
        long before = 0;
        player.Between(schedule =>
        {
            before = player.Sends;
            lock (_gate)
            {
                _adopted[block] = journal;
                for (var phone = _blocks.FirstOf(block); phone < _blocks.FirstOf(block) + _blocks.CountOf(block); phone++)
                {
                    if (schedule.IsPlannedOnline(phone) && _isPending.Add(phone))
                    {
                        _pending.Enqueue(phone);
                    }
                }
            }
        });
        return before;
    }

    /// <summary>The block is played elsewhere now, or nowhere. Nothing when it was adopted again meanwhile.</summary>
    public void Drop(int block, BlockJournal journal)
    {
        lock (_gate)
        {
            if (_adopted[block] == journal)
            {
                _adopted[block] = null;
                _isPending.RemoveWhere(phone => _blocks.BlockOf(phone) == block);
            }
        }
    }

    public IReadOnlyList<int> AdoptedBlocks()
    {
        lock (_gate)
        {
            return [.. Enumerable.Range(0, _adopted.Length).Where(block => _adopted[block] is not null)];
        }
    }

    /// <summary>The phones of the blocks that are here.</summary>
    public NodePhones Phones()
    {
        lock (_gate)
        {
            var (all, registered, registering) = (0, 0, 0);
            for (var block = 0; block < _adopted.Length; block++)
            {
                if (_adopted[block] is { } journal)
                {
                    all += _blocks.CountOf(block);
                    registered += journal.Registered;
                    registering += journal.Registering;
                }
            }

            return new NodePhones(registered, registering, Math.Max(0, all - registered - registering));
        }
    }

    public void EnterPhase(int phase)
    {
    }

    public void GoOnline(int phone)
    {
        lock (_gate)
        {
            if (JournalOf(phone) is { } journal && !_isPending.Contains(phone))
            {
                SendOnline(phone, journal);
            }
        }
    }

    public void GoOffline(int phone, OfflineKind cut)
    {
        lock (_gate)
        {
            if (JournalOf(phone) is { } journal && !_isPending.Remove(phone))
            {
                journal.Append(new RunFact(RunFactKind.GoOffline, _clock.UtcNow.Ticks, phone));
                _tell(new UeCommands.GoOffline(new UeId(phone), cut));
            }
        }
    }

    public void Send(long number, int sender, int recipient, ReadOnlyMemory<byte> text, Instant due)
    {
        lock (_gate)
        {
            // The clocks of two nodes differ: what the earlier owner has played already is not played again.
            if (JournalOf(sender) is { } journal && number > journal.NewestDueBefore)
            {
                var now = _clock.UtcNow;
                journal.Append(new RunFact(RunFactKind.Due, now.Ticks, sender, number));
                _counters.OnDue(now - _clock.ToUtc(due));
                _tell(new UeCommands.SendText(new UeId(sender), number, _addressOf(recipient), text));
            }
        }
    }

    /// <summary>Whether the phone's block is played here, now.</summary>
    public bool HasPhone(int phone)
    {
        lock (_gate)
        {
            return JournalOf(phone) is not null;
        }
    }

    /// <summary>Somebody on the path has injected a message for a phone.</summary>
    public void RecordAttack(AttackKind kind, int phone)
    {
        lock (_gate)
        {
            JournalOf(phone)?.Append(new RunFact(RunFactKind.AttackSent, _clock.UtcNow.Ticks, phone, Attack: kind));
        }
    }

    public void Dispose() => _timer.Dispose();

    private BlockJournal? JournalOf(int phone) => _adopted[_blocks.BlockOf(phone)];

    private void SendOnline(int phone, BlockJournal journal)
    {
        journal.Append(new RunFact(RunFactKind.GoOnline, _clock.UtcNow.Ticks, phone));
        _tell(new UeCommands.GoOnline(new UeId(phone)));
    }

    private void Proceed()
    {
        lock (_gate)
        {
            _allowance = Math.Min(_allowance + _perStep, Math.Max(1, 2 * _perStep));
            while (_allowance >= 1 && _pending.TryDequeue(out var phone))
            {
                // Of a block that left, or sent offline meanwhile: nothing to do.
                if (_isPending.Remove(phone) && JournalOf(phone) is { } journal)
                {
                    _allowance--;
                    SendOnline(phone, journal);
                }
            }
        }
    }
}
