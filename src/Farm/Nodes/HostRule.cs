using System.Net;
using Microsoft.AspNetCore.Http;

namespace UeFarm.Farm.Nodes;

/// <summary>
/// Under which names requests are answered: addresses, localhost, this machine's name and those given. A web page of somebody else whose name was made to lead
/// here (DNS rebinding) carries another one in Host, and gets nothing.
/// </summary>
internal sealed class HostRule(params IEnumerable<string> names)
{
    private const int LongestShown = 60;

    private readonly HashSet<string> _names = new(["localhost", Dns.GetHostName(), .. names], StringComparer.OrdinalIgnoreCase);

    public bool Allows(HostString host) => host.HasValue && (_names.Contains(host.Host) || IPAddress.TryParse(host.Host, out _));

    /// <summary>Answers 421 (RFC 9110 section 15.5.20) to the others.</summary>
    public RequestDelegate Guard(RequestDelegate handler) => context => Allows(context.Request.Host)
        ? handler(context)
        : AdminReply.RefuseAsync(context, StatusCodes.Status421MisdirectedRequest, $"'{Shorten(context.Request.Host.Host)}' is not a name of this server; use its address");

    private static string Shorten(string host) => host.Length > LongestShown ? host[..LongestShown] + "..." : host;
}
