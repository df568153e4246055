namespace UeFarm.TestSupport.Faults;

/// <summary>What ails the store of an application server for a while.</summary>
public enum OutageKind
{
    /// <summary>PostgreSQL was killed and is not there.</summary>
    DatabaseDown,

    /// <summary>Every answer of PostgreSQL comes late.</summary>
    DatabaseSlow,

    /// <summary>The disk of the SQLite file is full.</summary>
    DiskFull,
}
