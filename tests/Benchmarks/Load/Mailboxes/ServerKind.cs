namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>The servers that are compared.</summary>
internal enum ServerKind
{
    UeFarm,
    MsiloSqlite,
    MsiloPostgres,
}
