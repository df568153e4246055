using UeFarm.Actors.Traffic;
using UeFarm.Protocol;

namespace UeFarm.Actors.Run;

/// <summary>
/// Plays a schedule: knows when its next action is due, and performs it. In real time it does so on a thread of its own; what is late is sent at once and its
/// lateness recorded: the load stays open, and a machine that cannot keep up shows as lag, not as a lower rate. In virtual time the world's loop asks it.
/// </summary>
public sealed class SchedulePlayer
{
    /// <summary>What the operating system gives; messages due within it are sent together.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    /// <summary>A change may come meanwhile.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);

    private readonly RunSchedule _schedule;
    private readonly SchedulePlayerSettings _settings;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _text = new byte[RunSchedule.TextBufferBytes];
    private readonly Lock _turn = new();
    private TimeSpan _certainUntil;
    private Instant? _start;
    private long _nextDueTicks = Instant.Never.Ticks;
    private int _phase = -1;
    private int _plannedOnline;
    private int _playedActions;
    private long _sends;

    public SchedulePlayer(RunSchedule schedule, SchedulePlayerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(settings);
        _schedule = schedule;
        _settings = settings;
        _plannedOnline = schedule.PlannedOnline;
        _certainUntil = settings.CertainUntil;
        FillText(_text, settings.Seed);
    }

    /// <summary>Index of the phase being played; -1 before the first.</summary>
    public int Phase => Volatile.Read(ref _phase);

    /// <summary>How many phones should be online now.</summary>
    public int PlannedOnline => Volatile.Read(ref _plannedOnline);

    /// <summary>How many times the schedule had something to do so far.</summary>
    public int PlayedActions => Volatile.Read(ref _playedActions);

    /// <summary>How many messages the schedule had so far.</summary>
    public long Sends => Volatile.Read(ref _sends);

    /// <summary>When the next action is due; <see cref="Instant.Never"/> before <see cref="Begin"/> and when the schedule has ended.</summary>
    public Instant NextDue => new(Volatile.Read(ref _nextDueTicks));

    /// <summary>What was changed so far.</summary>
    public IReadOnlyList<RunChange> Changes
    {
        get
        {
            lock (_turn)
            {
                return [.. _schedule.Changes];
            }
        }
    }

    /// <summary>The first phase begins at <paramref name="start"/>.</summary>
    public void Begin(Instant start)
    {
        lock (_turn)
        {
            _start = start;
            LookAhead();
        }
    }

    /// <summary>Performs the action that is due next, unless a change has put it off.</summary>
    public void PerformNext()
    {
        lock (_turn)
        {
            if (!IsDue)
            {
                return;
            }

            var due = NextDue;
            if (_schedule.TryTake(out var action))
            {
                Perform(action, due);
            }

            LookAhead();
        }
    }

    /// <summary>Puts in a change that takes effect at once. Null: the schedule has not begun, or has ended.</summary>
    /// <param name="decide">Makes it, for its time; or null: there is to be none.</param>
    public RunChange? Change(Func<TimeSpan, RunChange?> decide)
    {
        ArgumentNullException.ThrowIfNull(decide);
        lock (_turn)
        {
            if (NextDue == Instant.Never)
            {
                return null;
            }

            var now = _settings.Wheel.Now - _start!.Value;
            var change = decide(now > _schedule.EarliestChange ? now : _schedule.EarliestChange);
            if (change is not null)
            {
                _schedule.Add(change);
                LookAhead();
            }

            return change;
        }
    }

    /// <summary>What was changed elsewhere is known until some time of the schedule: so far it is played, and no further.</summary>
    /// <param name="changes">All of them so far.</param>
    /// <param name="until">Since the start of the first phase; from then on there may be others.</param>
    public void Learn(IReadOnlyList<RunChange> changes, TimeSpan until)
    {
        ArgumentNullException.ThrowIfNull(changes);
        lock (_turn)
        {
            foreach (var change in changes.Skip(_schedule.Changes.Count))
            {
                _schedule.Add(change);
            }

            _certainUntil = until;
            LookAhead();
        }
    }

    /// <summary>Looks at the schedule between two actions, from any thread: what was played is done, and nothing is played meanwhile.</summary>
    public void Between(Action<RunSchedule> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        lock (_turn)
        {
            look(_schedule);
        }
    }

    /// <summary>Plays in real time until the schedule ends or <paramref name="stop"/> is signalled; the first phase begins at <paramref name="start"/>.</summary>
    public Task PlayAsync(Instant start, CancellationToken stop)
    {
        Begin(start);
        var thread = new Thread(() => Run(stop)) { IsBackground = true, Name = "schedule" };
        thread.Start();
        return _finished.Task;
    }

    private bool IsDue => NextDue <= _settings.Wheel.Now && !IsHeld;

    /// <summary>Whether something may still come before it.</summary>
    private bool IsHeld => NextDue - _start >= _certainUntil;

    private void LookAhead() => Volatile.Write(ref _nextDueTicks, (_start is { } start ? start + _schedule.NextDue : Instant.Never).Ticks);

    private void Run(CancellationToken stop)
    {
        try
        {
            while (NextDue != Instant.Never && !stop.IsCancellationRequested)
            {
                PerformNext();
                WaitForNext(stop);
            }

            _finished.SetResult();
        }
#pragma warning disable CA1031 // Whatever ends the thread must reach whoever waits for the schedule.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _finished.SetException(failure);
        }
    }

    private void WaitForNext(CancellationToken stop)
    {
        var left = NextDue - _settings.Wheel.Now;
        if (left > TimeSpan.Zero)
        {
            stop.WaitHandle.WaitOne(left < ShortestWait ? ShortestWait : left > LongestWait ? LongestWait : left);
        }
        else if (IsHeld)
        {
            stop.WaitHandle.WaitOne(LongestWait);
        }
    }

    private void Perform(in ScheduledAction action, Instant due)
    {
        Volatile.Write(ref _playedActions, _playedActions + 1);
        var target = _settings.Target;
        switch (action.Kind)
        {
            case ScheduledActionKind.PhaseStart:
                Volatile.Write(ref _phase, action.Phase);
                target.EnterPhase(action.Phase);
                break;
            case ScheduledActionKind.GoOnline:
                target.GoOnline(action.Phone);
                break;
            case ScheduledActionKind.GoOffline:
                target.GoOffline(action.Phone, action.Cut);
                break;
            case ScheduledActionKind.Send:
                target.Send(_sends++, action.Phone, action.Recipient, _text.AsMemory(action.TextOffset, action.TextBytes), due);
                break;
            case ScheduledActionKind.End:
            default:
                break;
        }

        Volatile.Write(ref _plannedOnline, _schedule.PlannedOnline);
    }

    /// <summary>Printable text, so that what a trace shows can be read.</summary>
    private static void FillText(byte[] text, ulong seed)
    {
        const string Letters = "abcdefghijklmnopqrstuvwxyz     ";
        var random = new SeededRandomSource(seed);
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = (byte)Letters[random.NextBelow(Letters.Length)];
        }
    }
}
