using System.Numerics;
using Akka.Actor;
using UeFarm.Protocol;

namespace UeFarm.Actors.Timing;

/// <summary>
/// One shared timing wheel of a process: tells the actor its message at or shortly after the deadline, at most one tick late when the machine keeps up.
/// One pending wake-up per slot; a later one does not replace an earlier one (the actor looks at its next deadline when woken and
/// arms again), and a wake-up that is just being told cannot be cancelled any more. With the system's clock a thread of its own turns the
/// wheel; with any other provider a timer of that provider does, so that a fake clock, moved forward, fires what is due before it
/// returns. Members may be called from any thread.
/// </summary>
public sealed class WakeUpWheel : IAsyncDisposable
{
    private const int MaxStripes = 16;
    private const int WakeUpsPerTurn = 256;

    private readonly TimeProvider _time;
    private readonly long _tickLength;
    private readonly WheelStripe[] _stripes;
    private readonly ManualResetEventSlim _stopping = new(initialState: false, spinCount: 0);
    private readonly Thread? _thread;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer? _timer;
    private readonly Lock _timerGate = new();
    private long _timerDue = long.MaxValue;
    private long _fired;
    private long _maxLateness;
    private int _isStopping;

    /// <param name="time">The clock; see the type's summary.</param>
    /// <param name="tick">Resolution, 1 ms to 1 s; 5-10 ms suits SIP's timers.</param>
    public WakeUpWheel(TimeProvider time, TimeSpan tick)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(tick, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tick, TimeSpan.FromSeconds(1));
        _time = time;
        _tickLength = tick.Ticks;
        var isSystem = ReferenceEquals(time, TimeProvider.System);

        // With a fake clock there is one stripe: the order of firing is then that of time and of arming alone.
        _stripes = new WheelStripe[isSystem ? Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount), 1, MaxStripes) : 1];
        for (var index = 0; index < _stripes.Length; index++)
        {
            _stripes[index] = new WheelStripe(_tickLength, Now.Ticks / _tickLength);
        }

        if (isSystem)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "wake-up-wheel" };
            _thread.Start();
        }
        else
        {
            _timer = time.CreateTimer(static wheel => ((WakeUpWheel)wheel!).Advance(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The clock that turns it.</summary>
    public TimeProvider Time => _time;

    public Instant Now => _time.GetInstant();

    public DateTimeOffset UtcNow => _time.GetUtcNow();

    /// <summary>Wake-ups told since the start.</summary>
    public long Fired => Volatile.Read(ref _fired);

    /// <summary>Wake-ups waiting.</summary>
    public int Pending
    {
        get
        {
            var pending = 0;
            foreach (var stripe in _stripes)
            {
                lock (stripe.Gate)
                {
                    pending += stripe.Count;
                }
            }

            return pending;
        }
    }

    /// <summary>The earliest pending deadline, or <see cref="Instant.Never"/>: where virtual time may jump to. Looks through a bucket of each level.</summary>
    public Instant NextDeadline
    {
        get
        {
            var earliest = long.MaxValue;
            foreach (var stripe in _stripes)
            {
                lock (stripe.Gate)
                {
                    earliest = Math.Min(earliest, stripe.EarliestDeadline());
                }
            }

            return new Instant(earliest);
        }
    }

    /// <summary>The largest time between a deadline and the telling since the last call: how far the process is behind.</summary>
    public TimeSpan TakeMaxLateness() => new(Interlocked.Exchange(ref _maxLateness, 0));

    /// <summary>Arms or brings forward; <see cref="Instant.Never"/> does nothing. The slot is the subscriber's own, made once per actor.</summary>
    public void Arm(WakeUpSlot slot, Instant deadline)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (deadline == Instant.Never || Volatile.Read(ref _isStopping) != 0)
        {
            return;
        }

        var stripe = StripeOf(slot);
        bool isArmed;
        lock (stripe.Gate)
        {
            isArmed = stripe.TryArm(slot, deadline.Ticks);
        }

        if (isArmed && _timer is not null)
        {
            SetTimer(deadline.Ticks);
        }
    }

    /// <summary>Takes a pending wake-up back; nothing happens when there is none.</summary>
    public void Cancel(WakeUpSlot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        var stripe = StripeOf(slot);
        lock (stripe.Gate)
        {
            stripe.Cancel(slot);
        }
    }

    /// <summary>Tells all that is due now, on this thread; returns how many. The wheel does it itself; this is for a clock that does not run timers.</summary>
    public int Advance()
    {
        lock (_timerGate)
        {
            _timerDue = long.MaxValue;
        }

        var told = 0;
        Span<WakeUpSlot?> due = new WakeUpSlot?[WakeUpsPerTurn];
        var next = long.MaxValue;
        foreach (var stripe in _stripes)
        {
            told += Advance(stripe, due);
            lock (stripe.Gate)
            {
                next = Math.Min(next, stripe.NextOccupiedTick());
            }
        }

        if (_timer is not null && next != long.MaxValue)
        {
            SetTimer(next * _tickLength);
        }

        return told;
    }

    /// <summary>Stops the wheel; what is pending is never told.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopping, 1) == 0)
        {
            _stopping.Set();
            if (_timer is not null)
            {
                await _timer.DisposeAsync().ConfigureAwait(false);
                _stopped.TrySetResult();
            }
        }

        await _stopped.Task.ConfigureAwait(false);
    }

    private WheelStripe StripeOf(WakeUpSlot slot) => _stripes[slot.Stripe & (_stripes.Length - 1)];

    private void Run()
    {
        var due = new WakeUpSlot?[WakeUpsPerTurn];
        while (!_stopping.Wait(MillisecondsToNextTick()))
        {
            foreach (var stripe in _stripes)
            {
                Advance(stripe, due);
            }
        }

        _stopped.TrySetResult();
    }

    private int MillisecondsToNextTick()
    {
        var wait = _tickLength - (Now.Ticks % _tickLength);
        return (int)((wait + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);
    }

    private int Advance(WheelStripe stripe, Span<WakeUpSlot?> due)
    {
        var told = 0;
        bool isReached;
        do
        {
            var now = Now.Ticks;
            int count;
            lock (stripe.Gate)
            {
                isReached = stripe.TryAdvance(now / _tickLength, due, out count);
            }

            // Outside of the lock: telling an actor may run code that arms. The deadline of a slot that was armed again meanwhile is only a wrong
            // lateness of one sample, never a wrong wake-up.
            foreach (var slot in due[..count])
            {
                NoteLateness(now - slot!.Deadline);
                slot.Target.Tell(slot.Message, ActorRefs.NoSender);
            }

            due[..count].Clear();
            told += count;
        }
        while (!isReached);
        Interlocked.Add(ref _fired, told);
        return told;
    }

    private void NoteLateness(long lateness)
    {
        var seen = Volatile.Read(ref _maxLateness);
        while (lateness > seen)
        {
            var before = Interlocked.CompareExchange(ref _maxLateness, lateness, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    /// <summary>Lets the provider's timer fire at the tick of that deadline unless it fires earlier anyway.</summary>
    private void SetTimer(long deadline)
    {
        lock (_timerGate)
        {
            if (deadline >= _timerDue)
            {
                return;
            }

            _timerDue = deadline;

            // What is due already is told at the next tick, as by the thread; at once would find nothing to tell yet.
            var now = Now.Ticks;
            var tick = Math.Max((deadline + _tickLength - 1) / _tickLength, (now / _tickLength) + 1);
            var wait = TimeSpan.FromTicks((tick * _tickLength) - now);
            _timer!.Change(TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(wait.TotalMilliseconds), int.MaxValue)), Timeout.InfiniteTimeSpan);
        }
    }
}
