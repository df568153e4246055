namespace UeFarm.Actors.Stores;

/// <summary>Mailboxes in one SQLite file.</summary>
public sealed record SqliteMailboxStoreSettings : MailboxStoreSettings
{
    /// <summary>The database file; made when missing.</summary>
    public required string Path { get; init; }

    /// <summary>How long the check of an existing file may take; what a large file has beyond is not looked at.</summary>
    public TimeSpan MaxCheckTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest size of the file in pages of 4096 bytes; 0: what the disk holds. Beyond, appending fails as on a full disk.</summary>
    public long MaxPages { get; init; }

    internal override bool TryOpenDatabase(out IMailboxDatabase? database, out string problem) =>
        SqliteMailboxDatabase.TryOpen(this, out database, out problem);
}
