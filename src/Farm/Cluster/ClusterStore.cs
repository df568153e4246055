using UeFarm.Actors.Journal;
using UeFarm.Actors.Stores;

namespace UeFarm.Farm.Cluster;

/// <summary>The database that the nodes of a cluster share: runs and journals in a schema, mailboxes in another one beside it.</summary>
/// <param name="Connection">Without a password.</param>
/// <param name="PasswordFile">Null: the password, if one is needed, comes from the environment.</param>
/// <param name="IsUnsafe">Accept a server that may lose in a crash what it has confirmed.</param>
internal sealed record ClusterStore(string Connection, string? PasswordFile, bool IsUnsafe)
{
    public const string MailboxSuffix = "_mailboxes";

    public PostgresRunRegisterSettings Register => new() { ConnectionString = Connection, PasswordFile = PasswordFile, AllowUnsafe = IsUnsafe };

    public PostgresRunJournalSettings JournalOf(string runId) =>
        new() { ConnectionString = Connection, PasswordFile = PasswordFile, AllowUnsafe = IsUnsafe, Run = runId };

    /// <param name="isFirst">Of the run: what an earlier one left is thrown away.</param>
    public PostgresMailboxStoreSettings MailboxesOf(bool isFirst) => new()
    {
        ConnectionString = PostgresConnectionText.WithSchemaSuffix(Connection, MailboxSuffix),
        PasswordFile = PasswordFile,
        AllowUnsafe = IsUnsafe,
        IsScratch = true,
        IsContinued = !isFirst,
    };
}
