using UeFarm.Actors.Traffic;
using UeFarm.Protocol;

namespace UeFarm.Actors.Run;

/// <summary>
/// Plays a schedule: knows when its next action is due, and performs it. In real time it does so on a thread of its own; what is late is sent at once and its
/// lateness recorded: the load stays open, and a machine that cannot keep up shows as lag, not as a lower rate. In virtual time the world's loop asks it.
/// </summary>
public sealed class SchedulePlayer
{
    private readonly RunSchedule _schedule;
    private readonly SchedulePlayerSettings _settings;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _text = new byte[RunSchedule.TextBufferBytes];
    private readonly Lock _turn = new();
    private Instant _start;
    private ScheduledAction _next;
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
    public Instant NextDue { get; private set; } = Instant.Never;

    /// <summary>The first phase begins at <paramref name="start"/>.</summary>
    public void Begin(Instant start)
    {
        _start = start;
        TakeNext();
    }

    /// <summary>Performs the action that is due.</summary>
    public void PerformNext()
    {
        lock (_turn)
        {
            Perform(_next, NextDue);
            TakeNext();
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

    private void TakeNext() => NextDue = _schedule.TryNext(out _next) ? _start + _next.At : Instant.Never;

    private void Run(CancellationToken stop)
    {
        try
        {
            while (NextDue != Instant.Never && !stop.IsCancellationRequested)
            {
                WaitUntil(NextDue, stop);
                if (!stop.IsCancellationRequested)
                {
                    PerformNext();
                }
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

    private void WaitUntil(Instant due, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var left = due - _settings.Wheel.Now;
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            // A millisecond is what the operating system gives; messages due within one are sent together.
            stop.WaitHandle.WaitOne(left > TimeSpan.FromMilliseconds(1) ? TimeSpan.FromTicks(Math.Min(left.Ticks, TimeSpan.TicksPerSecond)) : TimeSpan.FromMilliseconds(1));
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
