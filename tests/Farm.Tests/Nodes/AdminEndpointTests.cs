using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Hosting;
using UeFarm.Farm.Cli;
using UeFarm.Farm.Nodes;

namespace UeFarm.Farm.Tests.Nodes;

/// <summary>The admin endpoint over real HTTP, beside a real server.</summary>
public sealed class AdminEndpointTests
{
    private const string WithToken = "admin.tokenFile=FOLDER/token";

    [Fact]
    public async Task A_node_is_live_and_ready_and_not_ready_when_it_stops()
    {
        await using var node = await RunningNode.StartAsync();

        Assert.Equal((HttpStatusCode.OK, "live"), await HealthAsync(node, "/health/live"));
        var (status, body) = await node.CallAsync(HttpMethod.Get, "/health/ready");
        Assert.Equal((HttpStatusCode.OK, "ready", "writable", "not tried"), (status, (string?)body["status"], (string?)body["store"], (string?)body["core"]));
        Assert.Null(body["reason"]);
    }

    [Fact]
    public async Task A_signal_is_for_the_program_and_not_for_each_of_its_endpoints()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sends itself a POSIX signal");
        IHostApplicationLifetime? lifetime = null;
        await using var endpoint = await AdminEndpoint.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 0), AdminEndpoint.NoBody, application => lifetime = application.Lifetime);

        // Told last: by then everybody else has heard of it.
        using var signals = new StopSignals();
        using var kill = Process.Start("/bin/kill", ["-TERM", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        Assert.True(signals.FirstSignal.WaitHandle.WaitOne(TimeSpan.FromSeconds(30)), "no signal within 30 s");
        Assert.False(lifetime!.ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task The_status_shows_who_the_node_is_and_what_it_counted()
    {
        await using var node = await RunningNode.StartAsync();
        Assert.Equal(202, await node.SendMessageAsync("bob", "hello"));
        Assert.Equal(200, await node.RegisterAsync("carol"));

        var (_, status) = await node.CallAsync(HttpMethod.Get, "/status");
        Assert.Equal(("as", "running", "ims.example"), ((string?)status["role"], (string?)status["state"], (string?)status["domain"]));
        Assert.Equal($"tcp {node.Node.Server!.EndPoint}", (string?)status["listening"]![0]);
        Assert.Equal((1, 1), ((int)status["now"]!["backlog"]!, (int)status["now"]!["usersOnline"]!));
        Assert.Equal((1, 1, 0), ((int)status["sinceStart"]!["received"]!, (int)status["sinceStart"]!["stored"]!, (int)status["sinceStart"]!["delivered"]!));
    }

    [Fact]
    public async Task Metrics_are_the_families_of_a_run_and_documented()
    {
        await using var node = await RunningNode.StartAsync();
        await node.SendMessageAsync("bob", "hello");

        var text = await node.ReadAsync("/metrics");
        Assert.Contains("\nuefarm_as_stored_total 1\n", text, StringComparison.Ordinal);
        Assert.Contains("uefarm_as_dropped_total{reason=\"purged\"} 0\n", text, StringComparison.Ordinal);
        var documented = await File.ReadAllTextAsync(Support.Repository.PathOf("docs", "metrics.md"), TestContext.Current.CancellationToken);
        var names = text.Split('\n').Where(line => line.StartsWith("# TYPE uefarm_", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).ToList();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"`{name}`", documented, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mailboxes_are_listed_page_by_page()
    {
        await using var node = await RunningNode.StartAsync();
        for (var i = 0; i < 7; i++)
        {
            Assert.Equal(202, await node.SendMessageAsync($"ue{i}", "12345"));
        }

        Assert.Equal(202, await node.SendMessageAsync("ue3", "1234567890"));
        await node.RegisterAsync("ue5");
        var recipients = new List<string>();
        var pages = 0;
        for (string? after = ""; after is not null; pages++)
        {
            var (_, page) = await node.CallAsync(HttpMethod.Get, $"/mailboxes?limit=3&after={Uri.EscapeDataString(after)}");
            recipients.AddRange(page["mailboxes"]!.AsArray().Select(row => (string)row!["recipient"]!));
            after = (string?)page["next"];
        }

        Assert.Equal(3, pages);
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"sip:ue{i}@ims.example"), recipients);
        var (_, all) = await node.CallAsync(HttpMethod.Get, "/mailboxes");
        var row = all["mailboxes"]![3]!;
        Assert.Equal((2, 15L, false), ((int)row["messages"]!, (long)row["bytes"]!, (bool)row["online"]!));
        Assert.InRange((DateTimeOffset)row["oldest"]!, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
        Assert.True((bool)all["mailboxes"]![5]!["online"]!);
    }

    [Theory]
    [InlineData("/mailboxes/sip:bob@ims.example")]
    [InlineData("/mailboxes/sip%3Abob%40ims.example")]
    [InlineData("/mailboxes/bob@IMS.example")]
    [InlineData("/mailboxes/bob")]
    public async Task One_mailbox_shows_its_first_messages_and_no_body(string path)
    {
        await using var node = await RunningNode.StartAsync();
        for (var i = 0; i < 25; i++)
        {
            await node.SendMessageAsync("bob", $"secret text {i:00}");
        }

        var (status, mailbox) = await node.CallAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("sip:bob@ims.example", 25), ((string?)mailbox["recipient"], (int)mailbox["messages"]!));
        var first = mailbox["first"]!.AsArray();
        Assert.Equal(20, first.Count);
        Assert.Equal(("sip:alice@ims.example", "text/plain", 14), ((string?)first[0]!["from"], (string?)first[0]!["contentType"], (int)first[0]!["bytes"]!));
        Assert.DoesNotContain("secret", mailbox.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slash_in_a_user_part_is_part_of_the_address()
    {
        await using var node = await RunningNode.StartAsync();
        await node.SendMessageAsync("bob/desk", "hello");

        var (status, mailbox) = await node.CallAsync(HttpMethod.Get, "/mailboxes/sip:bob%2Fdesk@ims.example");
        Assert.Equal((HttpStatusCode.OK, "sip:bob/desk@ims.example"), (status, (string?)mailbox["recipient"]));
    }

    [Theory]
    [InlineData("/mailboxes?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("/mailboxes?limit=501", HttpStatusCode.BadRequest)]
    [InlineData("/mailboxes?limit=many", HttpStatusCode.BadRequest)]
    [InlineData("/mailboxes/sip:@x", HttpStatusCode.BadRequest)]
    [InlineData("/mailboxes/nobody", HttpStatusCode.NotFound)]
    public async Task Bad_calls_say_what_is_wrong(string path, HttpStatusCode expected)
    {
        await using var node = await RunningNode.StartAsync();
        var (status, body) = await node.CallAsync(HttpMethod.Get, path);
        Assert.Equal(expected, status);
        Assert.True(((string?)body["error"])?.Length > 0);
    }

    [Fact]
    public async Task A_foreign_page_whose_name_was_made_to_lead_here_reads_no_mailbox()
    {
        await using var node = await RunningNode.StartAsync();
        await node.SendMessageAsync("bob", "hello");
        using var http = new HttpClient();
        foreach (var path in (string[])["/mailboxes", "/mailboxes/bob"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node.Node.AdminAddress + path));
            request.Headers.Host = "evil.example";
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
            Assert.DoesNotContain("bob", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Changing_calls_are_refused_without_a_configured_token()
    {
        await using var node = await RunningNode.StartAsync();
        await node.SendMessageAsync("bob", "hello");

        var (status, body) = await node.CallAsync(HttpMethod.Delete, "/mailboxes/bob", RunningNode.Token);

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("--admin-token-file", (string?)body["error"], StringComparison.Ordinal);
        Assert.Equal(1, node.Node.Server!.Counters.Backlog);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong-wrong-wrong")]
    public async Task Changing_calls_are_refused_without_the_right_token(string? token)
    {
        await using var node = await RunningNode.StartAsync(WithToken);
        await node.SendMessageAsync("bob", "hello");

        Assert.Equal(HttpStatusCode.Unauthorized, (await node.CallAsync(HttpMethod.Delete, "/mailboxes/bob", token)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await node.CallAsync(HttpMethod.Post, "/mailboxes/bob/purge?before=2100-01-01", token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await node.CallAsync(HttpMethod.Get, "/mailboxes", token)).Status);
        Assert.Equal(1, node.Node.Server!.Counters.Backlog);
    }

    [Fact]
    public async Task With_the_token_a_mailbox_is_purged_up_to_a_time_or_emptied()
    {
        await using var node = await RunningNode.StartAsync(WithToken);
        for (var i = 0; i < 4; i++)
        {
            await node.SendMessageAsync("bob", "old");
        }

        var between = (DateTimeOffset)(await node.CallAsync(HttpMethod.Get, "/mailboxes/bob")).Body["first"]![3]!["arrivedAt"]!;
        await node.SendMessageAsync("bob", "new");
        var path = $"/mailboxes/bob/purge?before={Uri.EscapeDataString(between.ToString("O", CultureInfo.InvariantCulture))}";

        var (status, purged) = await node.CallAsync(HttpMethod.Post, path, RunningNode.Token);
        Assert.Equal((HttpStatusCode.OK, 3, 0), (status, (int)purged["removed"]!, (int)purged["underWay"]!));
        Assert.Equal(2, node.Node.Server!.Counters.Backlog);
        Assert.Equal(2, (int)(await node.CallAsync(HttpMethod.Delete, "/mailboxes/sip:bob@ims.example", RunningNode.Token)).Body["removed"]!);
        Assert.Equal((0, 5), (node.Node.Server.Counters.Backlog, node.Node.Server.Counters.DroppedPurged));
        Assert.Equal(HttpStatusCode.BadRequest, (await node.CallAsync(HttpMethod.Post, "/mailboxes/bob/purge", RunningNode.Token)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await node.CallAsync(HttpMethod.Post, "/mailboxes/bob/purge?before=yesterday", RunningNode.Token)).Status);
    }

    [Fact]
    public async Task Beyond_loopback_reading_mailboxes_needs_the_token_and_probes_do_not()
    {
        await using var node = await RunningNode.StartAsync(WithToken, "admin.listen=0.0.0.0:0");

        Assert.Equal(HttpStatusCode.Unauthorized, (await node.CallAsync(HttpMethod.Get, "/mailboxes")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await node.CallAsync(HttpMethod.Get, "/mailboxes/bob")).Status);
        Assert.Equal(HttpStatusCode.OK, (await node.CallAsync(HttpMethod.Get, "/mailboxes", RunningNode.Token)).Status);
        Assert.Equal((HttpStatusCode.OK, "ready"), await HealthAsync(node, "/health/ready"));
    }

    private static async Task<(HttpStatusCode Status, string? Text)> HealthAsync(RunningNode node, string path)
    {
        var (status, body) = await node.CallAsync(HttpMethod.Get, path);
        return (status, (string?)body["status"]);
    }
}
