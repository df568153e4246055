namespace UeFarm.TestSupport.Faults;

/// <summary>Where the application server of a fault run keeps its mailboxes.</summary>
public enum FaultStore
{
    Sqlite,

    /// <summary>A server of the run's own, which is struck as well.</summary>
    PostgreSql,
}
