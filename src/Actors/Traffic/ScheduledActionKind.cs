namespace UeFarm.Actors.Traffic;

/// <summary>What the schedule asks for at a moment.</summary>
public enum ScheduledActionKind : byte
{
    PhaseStart,
    GoOnline,
    GoOffline,
    Send,
    End,
}
