namespace UeFarm.Actors.Journal;

/// <summary>The register of a cluster's runs, in the schema of their journals.</summary>
public sealed record PostgresRunRegisterSettings
{
    /// <summary>As that of <see cref="PostgresRunJournalSettings"/>.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>A file that holds the password and nothing else; read again with every connection.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Accept a server that confirms commits before they are on its disk.</summary>
    public bool AllowUnsafe { get; init; }

    /// <summary>Wait after a failure that may pass until it is tried again; doubled after each, up to <see cref="RetryCap"/>.</summary>
    public TimeSpan RetryBase { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan RetryCap { get; init; } = TimeSpan.FromSeconds(1);
}
