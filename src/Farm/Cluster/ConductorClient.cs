using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Traffic;
using UeFarm.Farm.Nodes;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Cluster;

/// <summary>Talks to the conductor over the admin endpoint of any node; with several, over the first that answers.</summary>
internal sealed class ConductorClient : IDisposable
{
    /// <summary>Longer than a node waits for the conductor.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(15);

    private static readonly ConductorJson Json =
        new(new JsonSerializerOptions(ConductorJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly IReadOnlyList<Uri> _nodes;
    private readonly HttpClient _http = new() { Timeout = LongestCall };
    private int _current;

    /// <param name="nodes">Their admin endpoints.</param>
    /// <param name="token">Null: calls that need one are refused by the node.</param>
    public ConductorClient(IReadOnlyList<Uri> nodes, string? token)
    {
        _nodes = nodes;
        _http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The new run's name.</summary>
    /// <exception cref="ConductorException">There is no run of it.</exception>
    public async Task<string> SubmitAsync(RunSubmission submission, CancellationToken cancellation) => RunIdOf(
        await SendAsync(HttpMethod.Post, "runs", JsonSerializer.Serialize(submission, Json.RunSubmission), cancellation).ConfigureAwait(false));

    /// <exception cref="ConductorException">It is not known now.</exception>
    public async Task<ConductorStatus> StatusAsync(CancellationToken cancellation) =>
        Read(await StatusTextAsync(cancellation).ConfigureAwait(false), static text => JsonSerializer.Deserialize(text, ConductorJson.Default.ConductorStatus));

    /// <summary>As JSON.</summary>
    /// <exception cref="ConductorException">It is not known now.</exception>
    public Task<string> StatusTextAsync(CancellationToken cancellation) => SendAsync(HttpMethod.Get, "runs/current", null, cancellation);

    /// <summary>The name of the run that is to stop.</summary>
    /// <exception cref="ConductorException">There is none, or it is not reached.</exception>
    public async Task<string> StopAsync(CancellationToken cancellation) =>
        RunIdOf(await SendAsync(HttpMethod.Post, "runs/current/stop", null, cancellation).ConfigureAwait(false));

    /// <summary>Turns a knob of the run.</summary>
    /// <exception cref="ConductorException">It is not changed.</exception>
    public async Task<AdminDocuments.ChangeAnswer> ChangeAsync(RunChangeKind kind, string value, string? within, CancellationToken cancellation)
    {
        var order = JsonSerializer.Serialize(new AdminDocuments.ChangeOrder(value, within), AdminJson.Default.ChangeOrder);
        var answer = await SendAsync(HttpMethod.Post, kind == RunChangeKind.Rate ? "runs/current/rate" : "runs/current/scale", order, cancellation).ConfigureAwait(false);
        return Read(answer, static text => JsonSerializer.Deserialize(text, AdminJson.Default.ChangeAnswer));
    }

    /// <exception cref="ConductorException">There is none yet.</exception>
    public async Task<ResultDocument> ResultAsync(CancellationToken cancellation) =>
        Read(await SendAsync(HttpMethod.Get, "runs/current/result", null, cancellation).ConfigureAwait(false), ResultJson.Deserialize);

    public void Dispose() => _http.Dispose();

    private static string RunIdOf(string answer) => Read(answer, static text => JsonSerializer.Deserialize(text, AdminJson.Default.RunAnswer)).RunId;

    private static T Read<T>(string text, Func<string, T?> read)
    {
        try
        {
            return read(text) ?? throw new JsonException("the text is null");
        }
        catch (JsonException exception)
        {
            throw new ConductorException(ConductorFault.Unknown, $"the answer is not that of a node of this version: {exception.Message}", exception);
        }
    }

    private async Task<string> SendAsync(HttpMethod method, string path, string? content, CancellationToken cancellation)
    {
        ConductorException? away = null;
        for (var attempt = 0; attempt < _nodes.Count; attempt++)
        {
            try
            {
                return await SendAsync(_nodes[_current], method, path, content, cancellation).ConfigureAwait(false);
            }
            catch (ConductorException exception) when (exception.Fault == ConductorFault.Away)
            {
                away = exception;
                _current = (_current + 1) % _nodes.Count;
            }
        }

        throw away!;
    }

    private async Task<string> SendAsync(Uri node, HttpMethod method, string path, string? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(node, path));
        request.Content = content is null ? null : new StringContent(content, new MediaTypeHeaderValue("application/json"));
        try
        {
            using var response = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? text : throw new ConductorException(FaultOf(response.StatusCode), ProblemIn(text, response.StatusCode));
        }
        catch (HttpRequestException exception)
        {
            throw new ConductorException(ConductorFault.Away, $"{node} is not reached: {exception.Message}", exception);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new ConductorException(ConductorFault.Away, $"{node} does not answer within {LongestCall.TotalSeconds:0} s", exception);
        }
    }

    private static ConductorFault FaultOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ConductorFault.Unauthorized,
        HttpStatusCode.ServiceUnavailable => ConductorFault.Away,
        HttpStatusCode.Conflict or HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge => ConductorFault.Refused,
        _ => ConductorFault.Unknown,
    };

    private static string ProblemIn(string text, HttpStatusCode status)
    {
        try
        {
            return JsonSerializer.Deserialize(text, AdminJson.Default.Refusal)?.Error ?? $"HTTP status {(int)status}";
        }
        catch (JsonException)
        {
            return $"HTTP status {(int)status}";
        }
    }
}
