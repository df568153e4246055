namespace UeFarm.Actors.Stores;

public sealed record SqliteMailboxStoreSettings
{
    /// <summary>The database file; made when missing.</summary>
    public required string Path { get; init; }

    /// <summary>Must be that of the mailboxes: the index has their order.</summary>
    public bool OldestFirst { get; init; } = true;

    /// <summary>Most commands of one transaction.</summary>
    public int MaxBatch { get; init; } = 1024;

    /// <summary>Records that may wait for the disk; beyond, appending is refused.</summary>
    public int MaxQueuedRecords { get; init; } = 65_536;

    public long MaxQueuedBytes { get; init; } = 128L << 20;

    /// <summary>How long removals may wait for something to share a transaction with.</summary>
    public TimeSpan LazyDelay { get; init; } = TimeSpan.FromMilliseconds(50);
}
