using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using UeFarm.Farm.Nodes;

namespace UeFarm.Farm.Live;

/// <summary>
/// Serves the live page: itself, its style and scripts, and the document that it asks for once a second. Read-only, all of it for GET and HEAD; nothing is loaded from
/// elsewhere, and no other page may hold it in a frame.
/// </summary>
internal static class LivePage
{
    public const string StatePath = "/live/state";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'";

    private static readonly string[] Reading = ["GET", "HEAD"];

    public static void Map(WebApplication application, ILiveSource source, HostRule hosts)
    {
        foreach (var file in LivePageFile.All)
        {
            Map(application, file.Path, hosts, context => SendAsync(context, file.Content, file.ContentType, file.Tag));
        }

        Map(application, StatePath, hosts, context => SendStateAsync(context, source));
    }

    private static void Map(WebApplication application, string path, HostRule hosts, RequestDelegate handler) =>
        application.MapMethods(path, Reading, hosts.Guard(handler));

    private static async Task SendStateAsync(HttpContext context, ILiveSource source)
    {
        try
        {
            var document = await source.ReadAsync(context.RequestAborted).ConfigureAwait(false);
            await SendAsync(context, document.Body, "application/json; charset=utf-8", document.Tag).ConfigureAwait(false);
        }
        catch (LiveSourceException exception)
        {
            await AdminReply.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, exception.Message).ConfigureAwait(false);
        }
    }

    private static async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body, string contentType, string tag)
    {
        var (response, headers) = (context.Response, context.Response.Headers);
        headers.ETag = tag;
        headers.CacheControl = "no-cache";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
