using UeFarm.Actors.Stores;

namespace UeFarm.Actors.Journal;

/// <summary>The journal of one run in a schema of a PostgreSQL database, which many processes and runs may share.</summary>
public sealed record PostgresRunJournalSettings
{
    /// <summary>As <see cref="PostgresConnectionText"/> reads it: Npgsql's keywords, without a password; <c>Search Path</c> names the schema (default uefarm).</summary>
    public required string ConnectionString { get; init; }

    /// <summary>A file that holds the password and nothing else; read again with every connection.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Accept a server that confirms commits before they are on its disk: a crash may then lose what was promised.</summary>
    public bool AllowUnsafe { get; init; }

    /// <summary>Tells this run from all others: 1 to 64 letters, digits, dots, hyphens and underscores.</summary>
    public required string Run { get; init; }

    /// <summary>The clock of the facts.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Facts that may wait for the disk; beyond, appending is refused.</summary>
    public int MaxQueuedFacts { get; init; } = 1 << 20;

    /// <summary>Bytes of encoded facts that may wait for the disk.</summary>
    public long MaxQueuedBytes { get; init; } = 64L << 20;

    /// <summary>Most facts of a batch.</summary>
    public int MaxBatchFacts { get; init; } = 8192;

    /// <summary>Most bytes of one commit, but for the last batch in it.</summary>
    public int MaxCommitBytes { get; init; } = 4 << 20;

    /// <summary>How often streams without new facts say how far they are complete.</summary>
    public TimeSpan IdleDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time from the moment that a fact is about until it is appended.</summary>
    public TimeSpan AppendDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Wait after a failure until it is tried again; doubled after each, up to <see cref="RetryCap"/>.</summary>
    public TimeSpan RetryBase { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan RetryCap { get; init; } = TimeSpan.FromSeconds(1);
}
