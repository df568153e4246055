using UeFarm.Actors.Timing;

namespace UeFarm.Actors.Run;

/// <summary>What a schedule player acts on.</summary>
public sealed record SchedulePlayerSettings
{
    public required WakeUpWheel Wheel { get; init; }

    public required IScheduleTarget Target { get; init; }

    public required ulong Seed { get; init; }
}
