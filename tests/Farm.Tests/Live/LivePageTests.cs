using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using UeFarm.Farm.Live;
using UeFarm.Farm.Nodes;

namespace UeFarm.Farm.Tests.Live;

/// <summary>The page over real HTTP: read-only, from nowhere else, under its own names only, whatever is sent.</summary>
public sealed partial class LivePageTests : IAsyncLifetime
{
    private const string State = "/live/state";

    private readonly FakeSource _source = new();
    private readonly HttpClient _http = new();
    private AdminEndpoint? _endpoint;

    public static TheoryData<string> Paths => [.. LivePageFile.All.Select(static file => file.Path), State];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _endpoint = await AdminEndpoint.StartAsync(
        new IPEndPoint(IPAddress.Loopback, 0), AdminEndpoint.NoBody, application => LivePage.Map(application, _source, new HostRule("node-0.lab")));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _endpoint!.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Everything_is_sent_with_a_policy_that_allows_nothing_from_elsewhere(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; ", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.False(answer.Headers.Contains("Server"));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal(answer.Content.Headers.ContentLength, (await answer.Content.ReadAsByteArrayAsync(Cancellation)).Length);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task What_a_client_has_is_not_sent_again_and_HEAD_sends_no_body(string path)
    {
        using var first = await SendAsync(HttpMethod.Get, path);
        using var again = await SendAsync(HttpMethod.Get, path, request => request.Headers.IfNoneMatch.Add(first.Headers.ETag!));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync(Cancellation));
        using var head = await SendAsync(HttpMethod.Head, path);
        Assert.Equal((HttpStatusCode.OK, first.Headers.ETag), (head.StatusCode, head.Headers.ETag));
        Assert.Equal(first.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        _source.Text = """{"version":1,"more":true}""";
        using var changed = await SendAsync(HttpMethod.Get, path, request => request.Headers.IfNoneMatch.Add(first.Headers.ETag!));
        Assert.Equal(path == State ? HttpStatusCode.OK : HttpStatusCode.NotModified, changed.StatusCode);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    public async Task Nothing_can_be_changed(string method)
    {
        foreach (var path in Paths)
        {
            using var answer = await SendAsync(new HttpMethod(method), path);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
            Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow.Order());
        }

        Assert.Equal(0, _source.Asked);
    }

    [Theory]
    [InlineData("evil.example", false)]
    [InlineData("evil.example:80", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:9464", true)]
    [InlineData("127.0.0.1:1", true)]
    [InlineData("[::1]:9464", true)]
    [InlineData("10.0.0.7", true)]
    [InlineData("node-0.lab:9464", true)]
    public async Task A_name_that_is_not_ours_gets_nothing(string host, bool isAnswered)
    {
        foreach (var path in Paths)
        {
            using var answer = await SendAsync(HttpMethod.Get, path, request => request.Headers.Host = host);
            Assert.Equal(isAnswered ? HttpStatusCode.OK : HttpStatusCode.MisdirectedRequest, answer.StatusCode);
        }

        Assert.Equal(isAnswered ? 1 : 0, _source.Asked);
    }

    [Theory]
    [InlineData("GET /live/state HTTP/1.0\r\n\r\n", "HTTP/1.1 421 ")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("GET /live/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "HTTP/1.1 404 ")]
    [InlineData("GET /live/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "HTTP/1.1 404 ")]
    [InlineData("GET /live/page.css/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "HTTP/1.1 ")]
    [InlineData("\u0000\u0001\u0002\r\n\r\n", "HTTP/1.1 400 ")]
    public async Task Hostile_requests_are_refused(string request, string answer) =>
        Assert.StartsWith(answer, await SendBytesAsync(Encoding.Latin1.GetBytes(request)), StringComparison.Ordinal);

    [Fact]
    public async Task Requests_have_bounds()
    {
        var longTarget = await SendBytesAsync(Encoding.ASCII.GetBytes($"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        var longHeader = await SendBytesAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: localhost\r\nX: {new string('a', 100_000)}\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 414 ", longTarget, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", longHeader, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_has_nothing_is_said_to_be_away()
    {
        _source.Problem = "no conductor answers";
        using var answer = await SendAsync(HttpMethod.Get, State);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("no conductor answers", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_beyond_the_bound_is_turned_away_and_those_who_read_nothing_hold_up_nobody()
    {
        List<TcpClient> silent = [];
        try
        {
            // They ask for a lot and take none of it.
            for (var i = 0; i < 63; i++)
            {
                silent.Add(new TcpClient());
                await silent[i].ConnectAsync(Address, Cancellation);
                await silent[i].GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /live/report.css HTTP/1.1\r\nHost: localhost\r\n\r\n"), Cancellation);
            }

            using var answer = await SendAsync(HttpMethod.Get, State);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Empty(await SendBytesAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray()));
        }
        finally
        {
            silent.ForEach(static client => client.Dispose());
        }
    }

    [Fact]
    public void The_page_names_only_what_is_served_beside_it_and_has_nothing_inline()
    {
        var page = Encoding.UTF8.GetString(LivePageFile.All[0].Content.Span);
        var served = LivePageFile.All.Select(static file => file.Path).Append(State).ToHashSet();
        var names = Reference().Matches(page).Select(static match => "/" + match.Groups["name"].Value).ToList();
        Assert.True(names.Count >= 6, page);
        Assert.All(names, name => Assert.Contains(name, served));
        Assert.DoesNotContain("<style", page, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"<script(?![^>]* src=)|\son[a-z]+=", page);
        foreach (var file in LivePageFile.All.Where(static file => !file.Path.EndsWith(".svg", StringComparison.Ordinal)))
        {
            var text = Encoding.UTF8.GetString(file.Content.Span).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
            Assert.DoesNotContain("://", text, StringComparison.Ordinal);
            Assert.DoesNotMatch(@"\beval\(|innerHTML|\bnew Function\b|document\.write", text);
            Assert.All(Import().Matches(text), match => Assert.Contains("/live/" + match.Groups["name"].Value, served));
        }
    }

    private IPEndPoint Address => IPEndPoint.Parse(new Uri(_endpoint!.Address).Authority);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(_endpoint!.Address + path));
        change?.Invoke(request);
        return await _http.SendAsync(request, Cancellation);
    }

    private async Task<string> SendBytesAsync(byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Address, Cancellation);
        var stream = client.GetStream();
        using var answer = new StreamReader(stream, Encoding.Latin1);
        try
        {
            await stream.WriteAsync(request, Cancellation);
            return await answer.ReadLineAsync(Cancellation) ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    [GeneratedRegex("(?:href|src)=\"(?<name>[^\"]*)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("from \"\\./(?<name>[^\"]*)\"")]
    private static partial Regex Import();

    private sealed class FakeSource : ILiveSource
    {
        public string Text { get; set; } = """{"version":1}""";

        public string? Problem { get; set; }

        public int Asked { get; private set; }

        public ValueTask<LiveDocument> ReadAsync(CancellationToken cancellation)
        {
            Asked++;
            return Problem is null ? ValueTask.FromResult(LiveDocument.Of(Encoding.UTF8.GetBytes(Text))) : throw new LiveSourceException(Problem);
        }
    }
}
