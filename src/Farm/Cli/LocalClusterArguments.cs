using System.CommandLine;
using UeFarm.Actors.Stores;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cli;

/// <summary>The options of <c>run</c> that make it start a cluster of its own on this machine.</summary>
internal sealed class LocalClusterArguments(CliEnvironment environment)
{
    private readonly Option<int?> _nodes = new("--nodes") { Description = "Play it with so many processes on this machine instead of one.", HelpName = "count" };

    private readonly Option<string?> _store = new("--store")
    {
        Description = "With --nodes: the PostgreSQL database of the cluster, as \"Host=...;Database=...;Username=...\" without a password. "
            + "Schemas are made in it and deleted at the end.",
        HelpName = "connection",
    };

    private readonly Option<string?> _passwordFile = new("--store-password-file")
    {
        Description = "A file with the database's password; without it PGPASSWORD, or a password file of libpq.",
        HelpName = "file",
    };

    public void AddTo(Command command)
    {
        command.Add(_nodes);
        command.Add(_store);
        command.Add(_passwordFile);
    }

    public bool IsWanted(ParseResult parsed) => parsed.GetValue(_nodes) is not null || parsed.GetValue(_store) is not null || parsed.GetValue(_passwordFile) is not null;

    /// <summary>False: it makes no sense; reported.</summary>
    public bool TryRead(ParseResult parsed, out int nodes, out ClusterStore store)
    {
        nodes = parsed.GetValue(_nodes) ?? 0;
        store = null!;
        if (nodes is < 1 or > LocalCluster.MostNodes)
        {
            return Refuse($"--nodes '{nodes}' must be 1 to {LocalCluster.MostNodes}", "say how many processes, as in --nodes 3");
        }

        if (parsed.GetValue(_store) is not { } connection)
        {
            return Refuse(
                "--nodes needs --store: the nodes of a cluster share a PostgreSQL database",
                "give --store \"Host=127.0.0.1;Database=uefarm;Username=uefarm\". A server of your own: apt install postgresql, then "
                + "createuser and createdb as the user postgres; or run the image postgres in a container");
        }

        if (!PostgresConnectionText.TryCheck(connection, out var problem, out var remedy))
        {
            return Refuse($"--store {problem}", remedy);
        }

        var passwordFile = parsed.GetValue(_passwordFile);
        if (passwordFile is not null && !File.Exists(passwordFile))
        {
            return Refuse($"--store-password-file '{passwordFile}' does not exist", "check the path");
        }

        store = new ClusterStore(connection, passwordFile is null ? null : Path.GetFullPath(passwordFile), IsUnsafe: false);
        return true;
    }

    /// <summary>The whole life of a cluster for one run.</summary>
    public async Task<int> RunAsync(int nodes, ClusterStore store, ScenarioReadResult read, ResultsFolder results, RunReports reports, bool isQuiet, bool isJson)
    {
        using var signals = environment.ListenForSignals();
        var progress = isQuiet ? TextWriter.Null : isJson ? environment.Error : environment.Output;
        progress.WriteLine($"starting {nodes} nodes; what they print is in {results.NodeLogFile(1)} and so on");

        try
        {
            var cluster = await LocalCluster.StartAsync(nodes, store, read.Scenario!, results, signals.FirstSignal).ConfigureAwait(false);
            await using (cluster.ConfigureAwait(false))
            {
                progress.WriteLine($"live page: {cluster.Page}");
                var runId = await cluster.Conductor.SubmitAsync(ScenarioSubmission.Of(read, isHere: true), CancellationToken.None).ConfigureAwait(false);
                var run = new ClusterRunExecution(environment, cluster.Conductor, reports, isQuiet, isJson);
                var code = await run.FollowAsync(runId, read, results, () => cluster.Hopeless, signals).ConfigureAwait(false);
                cluster.CollectInto(results, runId);
                return code;
            }
        }
        catch (ConductorException exception)
        {
            return (int)ConductorArguments.Report(environment, exception);
        }
    }

    private bool Refuse(string problem, string remedy)
    {
        environment.Error.WriteLine($"{problem}\n    remedy:  {remedy}\nNothing was started.");
        return false;
    }
}
