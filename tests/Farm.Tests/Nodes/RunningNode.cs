using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using UeFarm.Farm.Nodes;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Nodes;

/// <summary>An application server node in this process, on free ports, with an HTTP client for its admin endpoint and a connection that writes messages.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    public const string Token = "0123456789abcdef";

    private readonly TemporaryFolder _folder;
    private readonly HttpClient _http = new();
    private readonly TcpClient _core = new();
    private int _messages;

    private RunningNode(ApplicationServerNode node, TemporaryFolder folder)
    {
        Node = node;
        _folder = folder;
    }

    public ApplicationServerNode Node { get; }

    public static async Task<RunningNode> StartAsync(params string[] sets)
    {
        var folder = new TemporaryFolder();
        folder.File("token", Token);
        var options = NodeReader.ReadText(
            $"role: as\ndomain: ims.example\nlisten: 127.0.0.1:0\ncore: 127.0.0.1:9\nstore: {Path.Combine(folder.Path, "m.db")}\nadmin: {{ listen: 0 }}",
            "as.yaml",
            [.. sets.Select(set => DocumentOverride.Set(set.Replace("FOLDER", folder.Path, StringComparison.Ordinal)))]);
        Assert.True(options.IsValid, string.Join('\n', options.Errors.Select(error => error.Format("as.yaml"))));
        var (node, fault) = await ApplicationServerNode.StartAsync(options.Options!, failure => Assert.Fail(failure.ToString()));
        Assert.True(node is not null, fault?.Format());
        var running = new RunningNode(node, folder);
        await running._core.ConnectAsync(node.Server!.EndPoint, TestContext.Current.CancellationToken);
        return running;
    }

    public async ValueTask DisposeAsync()
    {
        _core.Dispose();
        _http.Dispose();
        await Node.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A message that is stored; returns the status of its final answer.</summary>
    public Task<int> SendMessageAsync(string user, string text) => SendAsync(
        $"MESSAGE sip:{user}@ims.example SIP/2.0", $"sip:{user}@ims.example", "MESSAGE", "Content-Type: text/plain;charset=utf-8\r\n", text);

    public Task<int> RegisterAsync(string user, int expires = 600) =>
        SendAsync("REGISTER sip:as.ims.example SIP/2.0", $"sip:{user}@ims.example", "REGISTER", $"Expires: {expires}\r\n", "");

    public async Task<(HttpStatusCode Status, JsonNode Body)> CallAsync(HttpMethod method, string path, string? token = null)
    {
        using var request = new HttpRequestMessage(method, Node.AdminAddress!.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal) + path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }

    public Task<string> ReadAsync(string path) => _http.GetStringAsync(new Uri(Node.AdminAddress + path), TestContext.Current.CancellationToken);

    private async Task<int> SendAsync(string start, string to, string method, string headers, string body)
    {
        var number = ++_messages;
        var text = $"{start}\r\nVia: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bKt{number}\r\nMax-Forwards: 70\r\nFrom: <sip:alice@ims.example>;tag=t\r\n"
            + $"To: <{to}>\r\nCall-ID: c{number}\r\nCSeq: 1 {method}\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
        var stream = _core.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (!answer.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var count = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, count);
            answer.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return int.Parse(answer.ToString().AsSpan("SIP/2.0 ".Length, 3), CultureInfo.InvariantCulture);
    }
}
