using Npgsql;
using UeFarm.Actors.Stores;

namespace UeFarm.Actors.Journal;

/// <summary>The tables of the journals in PostgreSQL.</summary>
internal static class JournalSchema
{
    /// <summary>
    /// Facts are mostly digests, on which compression is wasted. The row of a stream changes with every commit: pages have room for its versions, and these are
    /// cleared away often.
    /// </summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE journal_runs (run text COLLATE "C" PRIMARY KEY, created timestamptz NOT NULL DEFAULT now());
        CREATE TABLE journal_streams (
          run text COLLATE "C" NOT NULL, stream integer NOT NULL, epoch bigint NOT NULL, owner text NOT NULL,
          complete_to bigint NOT NULL, last_batch bigint NOT NULL, PRIMARY KEY (run, stream))
          WITH (fillfactor = 50, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.5, autovacuum_vacuum_cost_delay = 0);
        CREATE TABLE journal_batches (
          run text COLLATE "C" NOT NULL, stream integer NOT NULL, number bigint NOT NULL, epoch bigint NOT NULL, facts bytea NOT NULL,
          PRIMARY KEY (run, stream, number));
        ALTER TABLE journal_batches ALTER COLUMN facts SET STORAGE EXTERNAL;
        CREATE TABLE journal_store (version integer NOT NULL);
        INSERT INTO journal_store (version) VALUES (1);
        """,
        // The index lets one run at most be without a result.
        """
        CREATE TABLE cluster_runs (
          run text COLLATE "C" PRIMARY KEY, created timestamptz NOT NULL, scenario text NOT NULL, overrides text[] NOT NULL,
          start_ticks bigint NOT NULL DEFAULT 0, is_stopped boolean NOT NULL DEFAULT false, notes text[] NOT NULL DEFAULT '{}',
          result text, exit_code integer, line text);
        CREATE UNIQUE INDEX cluster_runs_under_way ON cluster_runs ((true)) WHERE result IS NULL;
        CREATE INDEX cluster_runs_by_time ON cluster_runs (created, run);
        """,
        "ALTER TABLE cluster_runs ADD COLUMN changes text[] NOT NULL DEFAULT '{}';",
    ];

    /// <summary>Makes what is missing. False: the tables are of a later version.</summary>
    public static bool TryPrepare(NpgsqlConnection connection, string schema, out string problem) =>
        PostgresMigration.TryApply(connection, schema, "journal_store", Migrations, out _, out problem);

    /// <summary>The same, with the run.</summary>
    public static bool TryPrepare(NpgsqlConnection connection, string schema, string run, out string problem)
    {
        if (!TryPrepare(connection, schema, out problem))
        {
            return false;
        }

        PostgresSchema.Scalar(connection, "INSERT INTO journal_runs (run) VALUES ($1) ON CONFLICT DO NOTHING", run);
        return true;
    }
}
