using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Traffic;

/// <summary>
/// Everything that a run offers, in order of time, as a function of plan, seed and changes alone: the same ones give the same schedule however slow the network or
/// the machine is, and whenever it heard of the changes. Senders are phones that the plan has online; recipients are any other phones. Arrivals, picks, presence
/// and what changes move draw from separate streams, so that changing one does not shift the others.
/// </summary>
public sealed partial class RunSchedule
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
    private readonly PhoneMoves _moves = new();
    private int _phase = -1;
    private TimeSpan _taken = new(-1);
    private TimeSpan _phaseStart;
    private TimeSpan _phaseEnd;
    private double _phaseRate;
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
        _scaling = new SeededRandomSource(seed ^ ScalingStream);
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

    /// <summary>When there is something to take; <see cref="TimeSpan.MaxValue"/> after the end. Asking commits to nothing: changes may still come before it.</summary>
    public TimeSpan NextDue => _ended ? TimeSpan.MaxValue : Min(NextChange, Min(NextMove, Min(_nextArrival, _phaseEnd)));

    private TimeSpan NextMove => _phase >= 0 ? Min(_moves.NextDue, _scaled.NextDue) : TimeSpan.MaxValue;

    /// <summary>The next action; false after <see cref="ScheduledActionKind.End"/> was given.</summary>
    public bool TryNext(out ScheduledAction action)
    {
        while (!_ended)
        {
            if (TryTake(out action))
            {
                return true;
            }
        }

        action = default;
        return false;
    }

    /// <summary>Takes what is due next. False: nothing is to be done for it (a change, a message that nobody can send), or the schedule has ended.</summary>
    public bool TryTake(out ScheduledAction action)
    {
        action = default;
        if (_ended)
        {
            return false;
        }

        var due = NextDue;
        if (NextChange == due)
        {
            Apply(_changes[_nextChange++]);
            return false;
        }

        _taken = due;
        if (_phase >= 0 && due < _phaseEnd)
        {
            return NextMove == due ? TryMove(_moves.NextDue == due ? _moves : _scaled, out action) : TrySend(out action);
        }

        action = EnterNextPhase();
        return true;
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
        _phaseRate = phase.RatePerSecond ?? _traffic.RatePerSecond;
        _nextArrival = TimeSpan.MaxValue;
        if (_phaseRate > 0)
        {
            _gapsLeft = NextGaps();
            _nextArrival = Rate > 0 ? _phaseStart + Gap(_gapsLeft / Rate) : TimeSpan.MaxValue;
        }

        return new ScheduledAction(_phaseStart, ScheduledActionKind.PhaseStart, _phase);
    }

    private void PlanMoves(PhasePlan phase)
    {
        var moves = new List<(TimeSpan, int, bool)>();
        foreach (var phone in _online.Sample(Math.Min(phase.GoOffline, _online.Count), _presence))
        {
            moves.Add((MoveTime(phase), phone, false));
        }

        foreach (var phone in _away.Sample(Math.Min(phase.GoOnline, _away.Count), _presence))
        {
            moves.Add((MoveTime(phase), phone, true));
        }

        _moves.Plan(moves);
    }

    private TimeSpan MoveTime(PhasePlan phase) => _phaseStart + (phase.Within * _presence.NextUnit());

    /// <summary>False: a change or a phase has moved the phone there already.</summary>
    private bool TryMove(PhoneMoves moves, out ScheduledAction action)
    {
        var (at, phone, online) = moves.Take();
        action = default;
        if (_online.Contains(phone) == online)
        {
            return false;
        }

        (online ? _away : _online).Remove(phone);
        (online ? _online : _away).Add(phone);
        var cut = moves == _moves ? _phases[_phase].Cut : OfflineKind.Clean;
        action = new ScheduledAction(at, online ? ScheduledActionKind.GoOnline : ScheduledActionKind.GoOffline, _phase, phone, Cut: cut);
        return true;
    }

    private bool TrySend(out ScheduledAction action)
    {
        var at = _nextArrival;
        _nextArrival += Gap(NextGaps() / Rate);
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

    /// <summary>Until the next message, in units of the mean gap.</summary>
    private double NextGaps() => _traffic.Arrivals == ArrivalProcess.Poisson ? -Math.Log(1 - _arrivals.NextUnit()) : 1;

    private static TimeSpan Gap(double seconds) => TimeSpan.FromTicks(Math.Max(1, (long)(seconds * TimeSpan.TicksPerSecond)));

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

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
