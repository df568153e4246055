using Microsoft.AspNetCore.Http;

namespace UeFarm.Farm.Nodes;

/// <summary>
/// Who may call what. Health, metrics and status are open: probes and Prometheus carry no token and learn nothing about a subscriber. What names subscribers
/// is open on loopback, under this machine's own names, and wants the token elsewhere. What changes something wants it everywhere, and is refused when there is none.
/// </summary>
internal sealed class AdminGate(AdminToken? token, bool isOpen)
{
    private readonly HostRule _hosts = new();

    public RequestDelegate Reading(RequestDelegate handler) => isOpen ? _hosts.Guard(handler) : context => CheckAsync(context, handler);

    public RequestDelegate Changing(RequestDelegate handler) => context => CheckAsync(context, handler);

    private Task CheckAsync(HttpContext context, RequestDelegate handler)
    {
        if (token is null)
        {
            return AdminReply.RefuseAsync(context, 403, "no token is configured, so this is refused; start the node with --admin-token-file FILE");
        }

        if (token.IsIn(context.Request.Headers.Authorization))
        {
            return handler(context);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return AdminReply.RefuseAsync(context, 401, "this needs the header Authorization: Bearer TOKEN");
    }
}
