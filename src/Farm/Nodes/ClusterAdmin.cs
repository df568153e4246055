using System.Net;
using Akka.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Prometheus;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Live;

namespace UeFarm.Farm.Nodes;

/// <summary>What the admin endpoint of a cluster's node answers: health, metrics, status, runs, the live page.</summary>
internal static class ClusterAdmin
{
    public static Task<AdminEndpoint> StartAsync(ClusterFarmNode node, AdminRuns runs, ILiveSource live, IPEndPoint listen) => AdminEndpoint.StartAsync(
        listen, AdminRuns.LongestBody, application => Map(application, node, runs, live, new AdminGate(node.Options.AdminToken, IPAddress.IsLoopback(listen.Address))));

    private static void Map(WebApplication application, ClusterFarmNode node, AdminRuns runs, ILiveSource live, AdminGate gate)
    {
        var registry = Metrics.NewCustomRegistry();
        ProcessMetrics.Register(registry);
        application.MapGet("/metrics", context => AnswerMetricsAsync(context, [registry, .. node.Metrics.Registries]));
        application.MapGet("/health/live", AdminReply.LiveAsync);
        application.MapGet("/health/ready", context => AnswerReadyAsync(context, node));
        application.MapGet("/status", context => AdminReply.WriteAsync(context, 200, ClusterNodeStatus.Of(node)));
        runs.Map(application, gate);
        LivePage.Map(application, live, new HostRule(node.Options.Member.AdvertiseHost is { } name ? [name] : []));
    }

    /// <summary>As one page: parts of a run come and go, each with its metrics.</summary>
    private static async Task AnswerMetricsAsync(HttpContext context, IReadOnlyList<CollectorRegistry> registries)
    {
        using var page = new MemoryStream();
        foreach (var registry in registries)
        {
            await registry.CollectAndExportAsTextAsync(page, context.RequestAborted).ConfigureAwait(false);
        }

        context.Response.ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;
        context.Response.ContentLength = page.Length;
        page.Position = 0;
        await page.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>A member that is Up, and the parts of its roles have started. The store does not count: a node without it waits, and works again when it is back.</summary>
    private static Task AnswerReadyAsync(HttpContext context, ClusterFarmNode node)
    {
        var problem = node.State switch
        {
            NodeState.Starting => "the node is starting",
            NodeState.Stopping => "the node is stopping",
            _ => node.Member?.Cluster.SelfMember.Status == MemberStatus.Up ? null : "the node is no member of the cluster",
        };
        return AdminReply.WriteAsync(
            context, problem is null ? 200 : 503, new AdminDocuments.Health(problem is null ? "ready" : "not ready", problem, null, null));
    }
}
