namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>A store on the disk, on which servers of one kind are started one after the other; gone when disposed.</summary>
internal sealed class StoreFolder : IAsyncDisposable
{
    /// <summary>No quota, as msilo has none.</summary>
    private const int MaxPerPhone = 1_000_000;

    /// <summary>With SQLite more than one get in each other's way: most messages are then refused because the database is locked.</summary>
    private const int SqliteWorkers = 1;
    private const int PostgresWorkers = 8;

    private readonly string _path;
    private readonly int _port = ChildProcess.FreePort();
    private PostgresProcess? _postgres;

    private StoreFolder(ServerKind kind, string path)
    {
        Kind = kind;
        _path = path;
    }

    public ServerKind Kind { get; }

    public static string NameOf(ServerKind kind) => kind switch
    {
        ServerKind.UeFarm => "uefarm, SQLite",
        ServerKind.MsiloSqlite => "msilo, SQLite",
        _ => "msilo, PostgreSQL",
    };

    /// <summary>Null: it is; else what is missing.</summary>
    public static string? Missing(ServerKind kind) => kind switch
    {
        ServerKind.MsiloSqlite when !KamailioProcess.IsInstalled("db_sqlite") => "Debian packages kamailio and kamailio-sqlite-modules",
        ServerKind.MsiloPostgres when !KamailioProcess.IsInstalled("db_postgres") => "Debian packages kamailio and kamailio-postgres-modules",
        ServerKind.MsiloPostgres when !PostgresProcess.IsInstalled => "Debian package postgresql",
        _ => null,
    };

    public static async Task<StoreFolder> CreateAsync(ServerKind kind)
    {
        var folder = new StoreFolder(kind, Directory.CreateTempSubdirectory("uefarm-benchmark-").FullName);
        if (kind == ServerKind.MsiloPostgres)
        {
            folder._postgres = await PostgresProcess.StartAsync(folder._path);
        }

        return folder;
    }

    /// <summary>The phones are told where it is.</summary>
    public async Task<IMessageServer> StartServerAsync(LeanPhones phones)
    {
        IMessageServer server = Kind switch
        {
            ServerKind.UeFarm => await ServerProcess.StartAsync(Path.Combine(_path, "mailboxes.db"), phones.Hop, MaxPerPhone),
            ServerKind.MsiloSqlite => await KamailioProcess.StartAsync(_path, _port, SqliteWorkers, null),
            _ => await KamailioProcess.StartAsync(_path, _port, PostgresWorkers, _postgres),
        };
        phones.Server = server.EndPoint;
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        Directory.Delete(_path, recursive: true);
    }
}
