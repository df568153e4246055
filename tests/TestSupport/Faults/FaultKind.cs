namespace UeFarm.TestSupport.Faults;

/// <summary>What is done to the application server, or to the way between it and its core.</summary>
public enum FaultKind
{
    /// <summary>SIGKILL while it works.</summary>
    Kill,

    /// <summary>SIGKILL just when many phones come back.</summary>
    KillInStorm,

    /// <summary>SIGKILL while it starts, before it is ready.</summary>
    KillAtStart,

    /// <summary>SIGTERM, then started again.</summary>
    Stop,

    /// <summary>SIGSTOP for a while.</summary>
    Freeze,

    /// <summary>The connections between core and server end, in one direction of opening or both, for a while.</summary>
    Cut,

    /// <summary>Nothing gets through on them for a while.</summary>
    Stall,
}
