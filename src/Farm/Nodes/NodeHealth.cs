using Microsoft.AspNetCore.Http;
using UeFarm.Actors.Mailbox;

namespace UeFarm.Farm.Nodes;

/// <summary>
/// Whether the node should be given work. Ready: it runs, so its transports listen, and its store was written just now. The core does not count: a node
/// that cannot reach its core can still take and keep messages, which is what it is for, and taking it out of service would refuse them; its state is
/// shown beside.
/// </summary>
internal sealed class NodeHealth(ApplicationServerNode node) : IDisposable
{
    /// <summary>A probe writes to the disk: however many ask, once in this time.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gate = new(1);
    private long _probedAt = long.MinValue;
    private string? _storeProblem;

    public async Task AnswerAsync(HttpContext context)
    {
        var problem = node.State switch
        {
            NodeState.Starting => "the node is starting",
            NodeState.Stopping => "the node is stopping",
            _ => await StoreProblemAsync(node.Server!, context.RequestAborted).ConfigureAwait(false),
        };
        await AdminReply.WriteAsync(
            context,
            problem is null ? 200 : 503,
            new AdminDocuments.Health(
                problem is null ? "ready" : "not ready",
                problem,
                node.State == NodeState.Running ? problem is null ? "writable" : "not writable" : null,
                node.Server is { } server ? DescribeCore(server.Core) : null)).ConfigureAwait(false);
    }

    public void Dispose() => _gate.Dispose();

    public static string DescribeCore(CoreContact core) => core.IsReachable switch { true => "reachable", false => "unreachable", null => "not tried" };

    private async Task<string?> StoreProblemAsync(ApplicationServer server, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_probedAt != long.MinValue && TimeProvider.System.GetElapsedTime(_probedAt) < Fresh)
            {
                return _storeProblem;
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(LongestProbe);
            try
            {
                await server.ProbeStoreAsync(limit.Token).ConfigureAwait(false);
                _storeProblem = null;
            }
            catch (IOException exception)
            {
                _storeProblem = server.Counters.StoreProblem ?? exception.Message;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                _storeProblem = $"the store did not write within {LongestProbe.TotalSeconds:0} s";
            }

            _probedAt = TimeProvider.System.GetTimestamp();
            return _storeProblem;
        }
        finally
        {
            _gate.Release();
        }
    }
}
