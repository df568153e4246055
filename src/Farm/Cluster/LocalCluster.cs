using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using UeFarm.Actors.Stores;
using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cluster;

/// <summary>
/// A cluster of child processes on this machine for one run: all roles on each, addresses of the loopback, schemas of its own in the database. Nothing is
/// left of it but the logs in the results folder.
/// </summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    public const int MostNodes = 32;

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    private readonly ClusterStore _store;
    private readonly Scenario _scenario;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("uefarm-nodes-");
    private readonly List<LocalNode> _nodes = [];
    private readonly string _token = RandomNumberGenerator.GetHexString(64, lowercase: true);

    private LocalCluster(ClusterStore store, Scenario scenario) => (_store, _scenario) = (store, scenario);

    public ConductorClient Conductor => field ??= new ConductorClient([.. _nodes.Select(static node => node.Admin)], _token);

    /// <summary>The live page, which every node has.</summary>
    public Uri Page => _nodes[0].Admin;

    /// <summary>Why nothing will come of this any more; null: there are nodes.</summary>
    public string? Hopeless => _nodes.TrueForAll(static node => node.HasExited) ? $"all nodes have ended; the last said: {_nodes[^1].LastLine}" : null;

    /// <summary>Starts the nodes and waits until each is ready.</summary>
    /// <param name="count">How many nodes.</param>
    /// <param name="store">Of a database; its schema's name begins those of the cluster.</param>
    /// <param name="scenario">That it will play: where the core listens, on whichever node it is, and how many groups of mailboxes there are.</param>
    /// <param name="results">Where logs go.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="ConductorException">A node did not start.</exception>
    public static async Task<LocalCluster> StartAsync(int count, ClusterStore store, Scenario scenario, ResultsFolder results, CancellationToken stop)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $"_run_{TimeProvider.System.GetUtcNow():yyyyMMddHHmmss}_{Environment.ProcessId}");
        var cluster = new LocalCluster(store with { Connection = PostgresConnectionText.WithSchemaSuffix(store.Connection, suffix) }, scenario);
        try
        {
            cluster.StartNodes(count, results);
            await cluster.WaitUntilReadyAsync(stop).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What the deciding node wrote beside the result.</summary>
    public void CollectInto(ResultsFolder results, string runId)
    {
        var folder = Path.Combine(_folder.FullName, "results", runId);
        foreach (var file in (string[])[results.LedgerFile, results.ArrivalsFile])
        {
            var written = Path.Combine(folder, Path.GetFileName(file));
            if (File.Exists(written))
            {
                File.Move(written, file, overwrite: true);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Conductor.Dispose();
        foreach (var node in Enumerable.Reverse(_nodes))
        {
            // One after the other: each leaves a cluster that is still there, the one that began it as the last.
            await node.StopAsync(LongestStop).ConfigureAwait(false);
            node.Dispose();
        }

        _folder.Delete(recursive: true);
        PostgresSchemas.TryDrop(_store.Connection, _store.PasswordFile, out _);
        for (var group = 0; group < _scenario.ApplicationServer.Groups; group++)
        {
            PostgresSchemas.TryDrop(_store.MailboxesOf(group, isFirst: true).ConnectionString, _store.PasswordFile, out _);
        }
    }

    private void StartNodes(int count, ResultsFolder results)
    {
        var tokenFile = Path.Combine(_folder.FullName, "token");
        File.WriteAllText(tokenFile, _token);
        var ports = FreePorts(2 * count);
        var seeds = JsonSerializer.Serialize(ports.Take(Math.Min(3, count)).Select(static port => port.ToString()).ToArray(), NodeArgumentsJson.Default.StringArray);
        for (var i = 0; i < count; i++)
        {
            var (member, admin) = (ports[i], ports[count + i]);
            List<string> arguments =
            [
                "--role", "ue,core,as,kms,conductor", "--listen", _scenario.Target.Listen.ToString(), "--admin", admin.ToString(), "--admin-token-file", tokenFile,
                "--set", $"cluster.listen={member}", "--set", $"cluster.seeds={seeds}",
                "--set", $"cluster.store={JsonSerializer.Serialize("postgres:" + _store.Connection, NodeArgumentsJson.Default.String)}",
                "--set", $"cluster.storeUnsafe={(_store.IsUnsafe ? "on" : "off")}",
            ];
            if (_store.PasswordFile is { } passwordFile)
            {
                arguments.AddRange(["--set", $"cluster.storePasswordFile={JsonSerializer.Serialize(Path.GetFullPath(passwordFile), NodeArgumentsJson.Default.String)}"]);
            }

            _nodes.Add(LocalNode.Start(_folder.FullName, results.NodeLogFile(i + 1), admin, arguments));
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken stop)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(LongestStart);
        foreach (var (number, node) in _nodes.Index())
        {
            while (!await IsReadyAsync(http, node).ConfigureAwait(false))
            {
                if (node.HasExited)
                {
                    throw new ConductorException(ConductorFault.Away, $"node {number + 1} has not started, see its log: {node.LastLine}");
                }

                try
                {
                    await Task.Delay(Poll, limit.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException exception)
                {
                    var problem = stop.IsCancellationRequested
                        ? "stopped before the nodes were ready"
                        : $"node {number + 1} was not ready within {LongestStart.TotalSeconds:0} s: {node.LastLine}";
                    throw new ConductorException(ConductorFault.Away, problem, exception);
                }
            }
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, LocalNode node)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(node.Admin, "health/ready")).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>All at once, so that they differ; somebody may take one before the node does, which then does not start.</summary>
    private static List<IPEndPoint> FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(static listener => listener.Start());
        var ports = listeners.ConvertAll(static listener => (IPEndPoint)listener.LocalEndpoint);
        listeners.ForEach(static listener => listener.Dispose());
        return ports;
    }
}
