namespace UeFarm.Protocol.Messaging;

/// <summary>
/// Who may send the next stored message of a server that limits its drain: a token bucket, and in front of it the mailboxes that wait for a turn, in the
/// order of their asking. A mailbox with more to send asks again after each turn and stands at the end then: all are served once before one is served twice.
/// Memory: one place per waiting mailbox. Pure and not thread-safe; take all turns after every call, wake it at <see cref="NextDeadline"/>.
/// </summary>
public sealed class DrainLimiter
{
    /// <summary>The bucket holds what comes in this time: longer than a timer is late, shorter than anybody would call a burst.</summary>
    private static readonly TimeSpan BurstTime = TimeSpan.FromMilliseconds(50);

    private readonly Queue<long> _line = new();
    private readonly HashSet<long> _waiting = [];
    private readonly double _ticksPerToken;

    /// <summary>When the bucket would be full if nothing were taken, in ticks; a fraction of one matters at high rates.</summary>
    private double _fullAt = double.MinValue;

    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or more than one per tick of the clock.</exception>
    public DrainLimiter(double ratePerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ratePerSecond);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ratePerSecond, TimeSpan.TicksPerSecond);
        _ticksPerToken = TimeSpan.TicksPerSecond / ratePerSecond;
        Burst = Math.Max(1, (int)Math.Min(int.MaxValue, BurstTime.TotalSeconds * ratePerSecond));
    }

    /// <summary>Tokens of a full bucket: turns that may follow each other without a pause.</summary>
    public int Burst { get; }

    public int WaitingCount => _line.Count;

    /// <summary>When the first in line gets its turn.</summary>
    public Instant NextDeadline => _line.Count == 0 ? Instant.Never : new Instant((long)Math.Ceiling(_fullAt - ((Burst - 1) * _ticksPerToken)));

    /// <summary>A mailbox wants to send one message. One that waits already keeps its place and gets no second one.</summary>
    public void Ask(long mailbox)
    {
        if (_waiting.Add(mailbox))
        {
            _line.Enqueue(mailbox);
        }
    }

    /// <summary>The first in line may send one message now. False: nobody waits, or it is too early.</summary>
    public bool TryTakeTurn(Instant now, out long mailbox)
    {
        mailbox = 0;
        if (_line.Count == 0 || now < NextDeadline)
        {
            return false;
        }

        mailbox = _line.Dequeue();
        _waiting.Remove(mailbox);
        _fullAt = Math.Max(_fullAt, now.Ticks) + _ticksPerToken;
        return true;
    }

    /// <summary>A turn was not used: its token goes to the next in line.</summary>
    public void Return() => _fullAt -= _ticksPerToken;
}
