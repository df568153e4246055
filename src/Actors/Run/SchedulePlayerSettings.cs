using UeFarm.Actors.Timing;
using UeFarm.Actors.Ue;

namespace UeFarm.Actors.Run;

/// <summary>What a schedule player acts on.</summary>
public sealed record SchedulePlayerSettings
{
    public required WakeUpWheel Wheel { get; init; }

    public required RunRecorder Recorder { get; init; }

    /// <summary>Hands a command to its phone; called on the player's thread.</summary>
    public required Action<IUeCommand> Tell { get; init; }

    /// <summary>The address that a message to a phone is sent to.</summary>
    public required Func<int, string> AddressOf { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Told when a phase begins.</summary>
    public Action<int>? OnPhase { get; init; }
}
