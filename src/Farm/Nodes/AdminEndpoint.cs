using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;
using UeFarm.Actors.Metrics;

namespace UeFarm.Farm.Nodes;

/// <summary>
/// The node's HTTP for operators: health, metrics, status, mailboxes. Without a body to read and bounded in connections and pages; who may call what is
/// decided in <see cref="AdminGate"/>.
/// </summary>
internal sealed class AdminEndpoint : IAsyncDisposable
{
    private const int MostConnections = 64;

    /// <summary>Nothing that is asked takes a body; clients that send an empty one are let be.</summary>
    private const int LongestBody = 1024;

    /// <summary>Calls under way when the node stops may take this long.</summary>
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(1);

    private readonly WebApplication _application;
    private readonly NodeHealth _health;

    private AdminEndpoint(WebApplication application, NodeHealth health)
    {
        _application = application;
        _health = health;
        Address = application.Urls.First();
    }

    public string Address { get; }

    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static async Task<AdminEndpoint> StartAsync(ApplicationServerNode node, IPEndPoint listen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = LongestBody;
            options.Limits.MaxConcurrentConnections = MostConnections;
            options.Listen(listen);
        });
        var application = builder.Build();
        var health = new NodeHealth(node);
        Map(application, node, health, isLoopback: IPAddress.IsLoopback(listen.Address));
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch
        {
            health.Dispose();
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new AdminEndpoint(application, health);
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(LongestStop);
        await _application.StopAsync(limit.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _health.Dispose();
    }

    private static void Map(WebApplication application, ApplicationServerNode node, NodeHealth health, bool isLoopback)
    {
        var registry = Metrics.NewCustomRegistry();
        DotNetStats.Register(registry);
        node.Started += server => FarmMetrics.Register(server, registry);
        application.MapMetrics("/metrics", registry);

        application.MapGet("/health/live", static context => AdminReply.WriteAsync(context, 200, new AdminDocuments.Health("live", null, null, null)));
        application.MapGet("/health/ready", health.AnswerAsync);
        application.MapGet("/status", context => AdminReply.WriteAsync(context, 200, NodeStatus.Of(node)));

        var gate = new AdminGate(node.Options.AdminToken, isOpen: isLoopback);
        var mailboxes = new AdminMailboxes(node);
        application.MapGet("/mailboxes", gate.Reading(mailboxes.ListAsync));
        application.MapGet("/mailboxes/{recipient}", gate.Reading(mailboxes.ShowAsync));
        application.MapDelete("/mailboxes/{recipient}", gate.Changing(mailboxes.EmptyAsync));
        application.MapPost("/mailboxes/{recipient}/purge", gate.Changing(mailboxes.PurgeAsync));
    }
}
