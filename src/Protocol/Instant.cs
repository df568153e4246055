namespace UeFarm.Protocol;

/// <summary>
/// A point on the monotonic clock, in 100 ns ticks from an arbitrary origin. Machines receive it as an argument and never
/// read a clock. The calendar is a different clock: where it is needed it is passed as <c>DateTimeOffset utcNow</c>.
/// </summary>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>Later than every deadline: nothing is waiting.</summary>
    public static readonly Instant Never = new(long.MaxValue);

    public static Instant Min(Instant left, Instant right) => left.Ticks <= right.Ticks ? left : right;

    public static Instant operator +(Instant left, TimeSpan right) => Add(left, right);

    public static TimeSpan operator -(Instant left, Instant right) => Subtract(left, right);

    public static bool operator <(Instant left, Instant right) => left.Ticks < right.Ticks;

    public static bool operator >(Instant left, Instant right) => left.Ticks > right.Ticks;

    public static bool operator <=(Instant left, Instant right) => left.Ticks <= right.Ticks;

    public static bool operator >=(Instant left, Instant right) => left.Ticks >= right.Ticks;

    /// <summary>Adds a duration; stays at <see cref="Never"/> instead of overflowing.</summary>
    public static Instant Add(Instant left, TimeSpan right) =>
        right.Ticks > 0 && left.Ticks > long.MaxValue - right.Ticks ? Never : new Instant(left.Ticks + right.Ticks);

    public static TimeSpan Subtract(Instant left, Instant right) => new(left.Ticks - right.Ticks);

    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);
}
