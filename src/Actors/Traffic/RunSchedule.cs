using UeFarm.Protocol;

namespace UeFarm.Actors.Traffic;

/// <summary>
/// Everything that a run offers, in order of time, as a function of plan and seed alone: the same seed gives the same schedule
/// however slow the network or the machine is. Senders are phones that the plan has online; recipients are any other phones.
/// Arrivals, picks and presence draw from separate streams, so that changing one does not shift the others.
/// </summary>
public sealed class RunSchedule
{
    /// <summary>Texts are slices of one buffer of this many bytes.</summary>
    public const int TextBufferBytes = 1 << 16;

    private readonly TrafficPlan _traffic;
    private readonly IReadOnlyList<PhasePlan> _phases;
    private readonly SeededRandomSource _arrivals;
    private readonly SeededRandomSource _picks;
    private readonly SeededRandomSource _presence;
    private readonly PhoneSet _online;
    private readonly PhoneSet _away;
    private readonly ZipfPicker? _zipf;
    private readonly int[]? _popularity;
    private readonly int _phones;
    private readonly List<(TimeSpan At, int Phone, bool Online)> _moves = [];
    private int _phase = -1;
    private int _nextMove;
    private TimeSpan _phaseStart;
    private TimeSpan _phaseEnd;
    private double _rate;
    private TimeSpan _nextArrival = TimeSpan.MaxValue;
    private bool _ended;

    /// <summary>Plans for a number of phones, which are all online (or all away) before the first phase.</summary>
    public RunSchedule(TrafficPlan traffic, IReadOnlyList<PhasePlan> phases, int phones, bool initiallyOnline, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        ArgumentNullException.ThrowIfNull(phases);
        ArgumentOutOfRangeException.ThrowIfLessThan(phones, 1);
        _traffic = traffic;
        _phases = phases;
        _phones = phones;
        var seeds = new SeededRandomSource(seed);
        _arrivals = new SeededRandomSource(seeds.NextUInt64());
        _picks = new SeededRandomSource(seeds.NextUInt64());
        _presence = new SeededRandomSource(seeds.NextUInt64());
        _online = new PhoneSet(phones, initiallyOnline);
        _away = new PhoneSet(phones, !initiallyOnline);
        if (traffic.Recipients == RecipientPick.Zipf)
        {
            _zipf = new ZipfPicker(phones, traffic.Exponent);
            _popularity = Shuffled(phones, new SeededRandomSource(seeds.NextUInt64()));
        }
    }

    /// <summary>How many phones the plan has online now.</summary>
    public int PlannedOnline => _online.Count;

    /// <summary>Whether the plan has a phone online now.</summary>
    public bool IsPlannedOnline(int phone) => _online.Contains(phone);

    /// <summary>The next action; false after <see cref="ScheduledActionKind.End"/> was given.</summary>
    public bool TryNext(out ScheduledAction action)
    {
        action = default;
        if (_ended)
        {
            return false;
        }

        while (true)
        {
            var move = _nextMove < _moves.Count ? _moves[_nextMove].At : TimeSpan.MaxValue;
            if (_phase >= 0 && move <= _nextArrival && move < _phaseEnd)
            {
                action = Move();
                return true;
            }

            if (_phase >= 0 && _nextArrival < _phaseEnd)
            {
                if (TrySend(out action))
                {
                    return true;
                }

                continue;
            }

            action = EnterNextPhase();
            return true;
        }
    }

    private ScheduledAction EnterNextPhase()
    {
        _phase++;
        _phaseStart = _phaseEnd;
        if (_phase == _phases.Count)
        {
            _ended = true;
            return new ScheduledAction(_phaseStart, ScheduledActionKind.End, _phase - 1);
        }

        var phase = _phases[_phase];
        _phaseEnd = _phaseStart + phase.Duration;
        PlanMoves(phase);
        _rate = phase.RatePerSecond ?? _traffic.RatePerSecond;
        _nextArrival = _rate > 0 ? _phaseStart + NextGap() : TimeSpan.MaxValue;
        return new ScheduledAction(_phaseStart, ScheduledActionKind.PhaseStart, _phase);
    }

    private void PlanMoves(PhasePlan phase)
    {
        _moves.Clear();
        _nextMove = 0;
        foreach (var phone in _online.Sample(Math.Min(phase.GoOffline, _online.Count), _presence))
        {
            _moves.Add((MoveTime(phase), phone, false));
        }

        foreach (var phone in _away.Sample(Math.Min(phase.GoOnline, _away.Count), _presence))
        {
            _moves.Add((MoveTime(phase), phone, true));
        }

        _moves.Sort(static (left, right) => left.At != right.At ? left.At.CompareTo(right.At) : left.Phone.CompareTo(right.Phone));
    }

    private TimeSpan MoveTime(PhasePlan phase) => _phaseStart + (phase.Within * _presence.NextUnit());

    private ScheduledAction Move()
    {
        var (at, phone, online) = _moves[_nextMove++];
        (online ? _away : _online).Remove(phone);
        (online ? _online : _away).Add(phone);
        var kind = online ? ScheduledActionKind.GoOnline : ScheduledActionKind.GoOffline;
        return new ScheduledAction(at, kind, _phase, phone, Cut: _phases[_phase].Cut);
    }

    private bool TrySend(out ScheduledAction action)
    {
        var at = _nextArrival;
        _nextArrival += NextGap();
        action = default;
        if ((_online.Count == 0 && !_traffic.OfflineSendersToo) || _phones < 2)
        {
            return false;
        }

        var sender = _traffic.OfflineSendersToo ? _picks.NextBelow(_phones) : _online[_picks.NextBelow(_online.Count)];
        var recipient = PickRecipient(sender);
        var span = _traffic.MaxTextBytes - _traffic.MinTextBytes;
        var bytes = _traffic.MinTextBytes + (span > 0 ? _picks.NextBelow(span + 1) : 0);
        var offset = _picks.NextBelow(TextBufferBytes - bytes);
        action = new ScheduledAction(at, ScheduledActionKind.Send, _phase, sender, recipient, bytes, offset);
        return true;
    }

    private int PickRecipient(int sender)
    {
        if (_traffic.Recipients == RecipientPick.Ring)
        {
            return (sender + 1) % _phones;
        }

        while (true)
        {
            var recipient = _zipf is null ? _picks.NextBelow(_phones) : _popularity![_zipf.Next(_picks)];
            if (recipient != sender)
            {
                return recipient;
            }
        }
    }

    private TimeSpan NextGap()
    {
        var seconds = _traffic.Arrivals == ArrivalProcess.Poisson ? -Math.Log(1 - _arrivals.NextUnit()) / _rate : 1 / _rate;
        return TimeSpan.FromTicks(Math.Max(1, (long)(seconds * TimeSpan.TicksPerSecond)));
    }

    private static int[] Shuffled(int count, SeededRandomSource random)
    {
        var numbers = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var other = random.NextBelow(i + 1);
            (numbers[i], numbers[other]) = (numbers[other], numbers[i]);
        }

        return numbers;
    }
}
