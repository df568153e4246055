using System.Net;
using Microsoft.AspNetCore.Builder;
using Prometheus;
using UeFarm.Actors.Metrics;
using UeFarm.Farm.Hosting;

namespace UeFarm.Farm.Nodes;

/// <summary>What the admin endpoint of an application server answers: health, metrics, status, mailboxes.</summary>
internal static class ApplicationServerAdmin
{
    public static Task<AdminEndpoint> StartAsync(ApplicationServerNode node, NodeHealth health, IPEndPoint listen) =>
        AdminEndpoint.StartAsync(listen, AdminEndpoint.NoBody, application => Map(application, node, health, isLoopback: IPAddress.IsLoopback(listen.Address)));

    private static void Map(WebApplication application, ApplicationServerNode node, NodeHealth health, bool isLoopback)
    {
        var registry = Metrics.NewCustomRegistry();
        ProcessMetrics.Register(registry);
        node.Started += server => FarmMetrics.Register(server, registry);
        application.MapMetrics("/metrics", registry);

        application.MapGet("/health/live", AdminReply.LiveAsync);
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
