namespace UeFarm.TestSupport.Faults;

/// <summary>What is done to the application server, to its database, or to the ways between it and its core and its database.</summary>
public enum FaultKind
{
    /// <summary>SIGKILL while it works.</summary>
    Kill,

    /// <summary>SIGKILL just when many phones come back.</summary>
    KillInStorm,

    /// <summary>SIGKILL while it starts, before it is ready.</summary>
    KillAtStart,

    /// <summary>SIGKILL of PostgreSQL, all its processes; started again, it recovers.</summary>
    KillDatabase,

    /// <summary>The same just when many phones come back.</summary>
    KillDatabaseInStorm,

    /// <summary>SIGKILL of PostgreSQL and the application server, as when their machine loses power.</summary>
    KillBoth,

    /// <summary>SIGTERM, then started again.</summary>
    Stop,

    /// <summary>SIGSTOP for a while.</summary>
    Freeze,

    /// <summary>The connections between core and server end, in one direction of opening or both, for a while.</summary>
    Cut,

    /// <summary>Nothing gets through on them for a while.</summary>
    Stall,

    /// <summary>SIGSTOP of PostgreSQL for a while.</summary>
    FreezeDatabase,

    /// <summary>The connections to PostgreSQL end; new ones too for a while.</summary>
    CutDatabase,

    /// <summary>What PostgreSQL answers gets lost although both ends believe in the connection.</summary>
    MuteDatabase,

    /// <summary>Every answer of PostgreSQL comes late for a while.</summary>
    SlowDatabase,
}
