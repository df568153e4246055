using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace UeFarm.Farm.Nodes;

/// <summary>Writes the answers of the admin endpoint: JSON with a line end, never to be cached and never to be taken for a page.</summary>
internal static class AdminReply
{
    /// <summary>Quotes and angle brackets stay as they are: the answers are no HTML and say so.</summary>
    private static readonly AdminJson Json =
        new(new JsonSerializerOptions(AdminJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static Task WriteAsync<T>(HttpContext context, int status, T document) =>
        WriteJsonAsync(context, status, JsonSerializer.Serialize(document, (JsonTypeInfo<T>)Json.GetTypeInfo(typeof(T))!));

    /// <summary>What is JSON already.</summary>
    public static async Task WriteJsonAsync(HttpContext context, int status, string json)
    {
        var body = Encoding.UTF8.GetBytes(json + "\n");
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    public static Task LiveAsync(HttpContext context) => WriteAsync(context, 200, new AdminDocuments.Health("live", null, null, null));

    public static Task RefuseAsync(HttpContext context, int status, string problem) => WriteAsync(context, status, new AdminDocuments.Refusal(problem));
}
