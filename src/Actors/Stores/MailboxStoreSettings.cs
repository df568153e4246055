namespace UeFarm.Actors.Stores;

/// <summary>What stores of every kind have in common.</summary>
public abstract record MailboxStoreSettings
{
    /// <summary>Must be that of the mailboxes: the index has their order.</summary>
    public bool OldestFirst { get; init; } = true;

    /// <summary>Most commands of one transaction.</summary>
    public int MaxBatch { get; init; } = 1024;

    /// <summary>Most reads of one transaction: their answers are in memory together (64 pages of 16 messages of 64 kB are 64 MB).</summary>
    public int MaxReadsPerBatch { get; init; } = 64;

    /// <summary>Records that may wait for the disk; beyond, appending is refused.</summary>
    public int MaxQueuedRecords { get; init; } = 65_536;

    public long MaxQueuedBytes { get; init; } = 128L << 20;

    /// <summary>How long removals may wait for something to share a transaction with.</summary>
    public TimeSpan LazyDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Wait after a failure until what is owed is tried again; doubled after each, up to <see cref="RetryCap"/>.</summary>
    public TimeSpan RetryBase { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan RetryCap { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Without work for this long the database may tidy up.</summary>
    public TimeSpan IdleDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>False: the problem says why, for an operator.</summary>
    internal abstract bool TryOpenDatabase(out IMailboxDatabase? database, out string problem);
}
