namespace UeFarm.Actors.Stores;

/// <summary>Mailboxes in a schema of a PostgreSQL database.</summary>
public sealed record PostgresMailboxStoreSettings : MailboxStoreSettings
{
    /// <summary>
    /// Npgsql's keywords, as in <c>Host=db;Database=uefarm;Username=as</c>. <c>Search Path</c> names the schema (default uefarm). Passwords are
    /// refused here: they come from <see cref="PasswordFile"/>, PGPASSWORD, or a password file of libpq (PGPASSFILE, ~/.pgpass).
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>A file that holds the password and nothing else; read again with every connection.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Accept a server that confirms commits before they are on its disk: a crash may then lose what was answered 202.</summary>
    public bool AllowUnsafe { get; init; }

    /// <summary>The data is that of one test run: what an earlier run left is deleted. Data of a lasting server is refused.</summary>
    public bool IsScratch { get; init; }

    /// <summary>With <see cref="IsScratch"/>: of the run that goes on, so nothing is deleted.</summary>
    public bool IsContinued { get; init; }

    /// <summary>How long the lock on the data may take, which a server that has just ended may hold for a moment.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(5);

    internal override bool TryOpenDatabase(out IMailboxDatabase? database, out string problem) =>
        PostgresMailboxDatabase.TryOpen(this, out database, out problem);
}
