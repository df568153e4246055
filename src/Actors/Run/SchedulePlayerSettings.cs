using UeFarm.Actors.Timing;

namespace UeFarm.Actors.Run;

/// <summary>What a schedule player acts on.</summary>
public sealed record SchedulePlayerSettings
{
    public required WakeUpWheel Wheel { get; init; }

    public required IScheduleTarget Target { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Until when no change will come but by <see cref="SchedulePlayer.Change"/>: see <see cref="SchedulePlayer.Learn"/>.</summary>
    public TimeSpan CertainUntil { get; init; } = TimeSpan.MaxValue;
}
