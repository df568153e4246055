namespace UeFarm.Actors.Stores;

/// <summary>What became of a batch that a database was given.</summary>
internal enum MailboxBatchOutcome : byte
{
    /// <summary>Durable.</summary>
    Committed,

    /// <summary>Nothing of it was stored: something in it is not acceptable to the database, the rest may be.</summary>
    Rejected,

    /// <summary>Nothing of it was stored: the database cannot work now.</summary>
    Failed,

    /// <summary>All of it was stored, or nothing.</summary>
    Unknown,
}
