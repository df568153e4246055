using System.Globalization;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Stores;

namespace UeFarm.Farm.Cluster;

/// <summary>The database that the nodes of a cluster share: runs and journals in a schema, the groups of mailboxes in others beside it.</summary>
/// <param name="Connection">Without a password.</param>
/// <param name="PasswordFile">Null: the password, if one is needed, comes from the environment.</param>
/// <param name="IsUnsafe">Accept a server that may lose in a crash what it has confirmed.</param>
internal sealed record ClusterStore(string Connection, string? PasswordFile, bool IsUnsafe)
{
    /// <summary>Runs that have ended stay until there are more.</summary>
    public int RunsKept { get; init; } = 10;

    public const string MailboxSuffix = "_mailboxes";

    public PostgresRunRegisterSettings Register => new() { ConnectionString = Connection, PasswordFile = PasswordFile, AllowUnsafe = IsUnsafe };

    public PostgresRunJournalSettings JournalOf(string runId) =>
        new() { ConnectionString = Connection, PasswordFile = PasswordFile, AllowUnsafe = IsUnsafe, Run = runId };

    /// <param name="group">Of mailboxes: each has a schema, with one server at a time.</param>
    /// <param name="isFirst">Of the run: what an earlier one left is thrown away.</param>
    public PostgresMailboxStoreSettings MailboxesOf(int group, bool isFirst) => new()
    {
        ConnectionString = PostgresConnectionText.WithSchemaSuffix(Connection, string.Create(CultureInfo.InvariantCulture, $"{MailboxSuffix}_{group}")),
        PasswordFile = PasswordFile,
        AllowUnsafe = IsUnsafe,
        IsScratch = true,
        IsContinued = !isFirst,
        RetryCap = Register.RetryCap,
    };
}
