using System.Net;
using System.Text.Json;
using Akka.Actor;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Run;
using UeFarm.Actors.Traffic;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Nodes;
using UeFarm.Farm.Tests.Support;
using UeFarm.TestSupport;

namespace UeFarm.Farm.Tests.Nodes;

/// <summary>The calls about runs over HTTP, with a conductor of the test's own.</summary>
public sealed class AdminRunsTests : IAsyncLifetime
{
    private const string Token = "0123456789abcdef";

    private readonly MemoryRunRegister _register = new();
    private readonly TemporaryFolder _folder = new();
    private readonly List<ClusterMessages.ConductorQuery> _queries = [];
    private AdminEndpoint? _endpoint;
    private Func<ClusterMessages.ConductorQuery, object> _conductor = static _ => new ClusterMessages.ConductorReply("run-7", "");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.True(AdminToken.TryReadFile(_folder.File("token", Token), out var token, out _));
        var runs = new AdminRuns(
            (query, _) =>
            {
                _queries.Add(query);
                return Task.FromResult(_conductor(query));
            },
            _register);
        _endpoint = await AdminEndpoint.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 0), AdminRuns.LongestBody, application => runs.Map(application, new AdminGate(token, isOpen: false)));
    }

    public async ValueTask DisposeAsync()
    {
        await _endpoint!.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_submission_reaches_the_conductor_as_it_is()
    {
        using var client = Client();
        var submission = new RunSubmission("name: \"é\"\n", ["seed=2"]);
        Assert.Equal("run-7", await client.SubmitAsync(submission, Cancellation));

        var query = Assert.Single(_queries);
        Assert.Equal((ConductorVerb.Submit, ""), (query.Verb, query.RunId));
        var received = JsonSerializer.Deserialize(query.Content, ConductorJson.Default.RunSubmission)!;
        Assert.Equal(submission.Scenario, received.Scenario);
        Assert.Equal(submission.Overrides, received.Overrides);
    }

    [Fact]
    public async Task What_changes_something_wants_the_token_and_the_status_does_not()
    {
        var idle = JsonSerializer.Serialize(new ConductorStatus("", "Idle", 0, "", "", 0, 0, 0, 0, 0, []), ConductorJson.Default.ConductorStatus);
        _conductor = _ => new ClusterMessages.ConductorReply("", idle);
        using var client = Client(token: null);

        Assert.Equal(ConductorFault.Unauthorized, await FaultAsync(client.SubmitAsync(new RunSubmission("x", []), Cancellation)));
        Assert.Equal(ConductorFault.Unauthorized, await FaultAsync(client.StopAsync(Cancellation)));
        Assert.Equal(ConductorFault.Unauthorized, await FaultAsync(client.ResultAsync(Cancellation)));
        Assert.Empty(_queries);
        Assert.Equal("Idle", (await client.StatusAsync(Cancellation)).Stage);
    }

    [Fact]
    public async Task What_the_conductor_refuses_is_a_conflict_with_its_reason()
    {
        _conductor = static _ => new ClusterMessages.Refused("run run-6 has not ended: stop it, or wait");
        using var client = Client();
        var failure = await Assert.ThrowsAsync<ConductorException>(() => client.SubmitAsync(new RunSubmission("x", []), Cancellation));
        Assert.Equal((ConductorFault.Refused, "run run-6 has not ended: stop it, or wait"), (failure.Fault, failure.Message));
    }

    [Fact]
    public async Task Knobs_reach_the_conductor_with_who_turned_them()
    {
        var change = new RunChange(RunChangeKind.Rate, TimeSpan.FromSeconds(12.5), "x", Factor: 2);
        _conductor = _ => new ClusterMessages.ConductorReply("run-7", JsonSerializer.Serialize(change, ConductorJson.Default.RunChange));
        using var client = Client();

        Assert.Equal(new AdminDocuments.ChangeAnswer("run-7", 12.5, "rate x2"), await client.ChangeAsync(RunChangeKind.Rate, "200/s", null, Cancellation));
        await client.ChangeAsync(RunChangeKind.Scale, "50%", "1.5s", Cancellation);
        Assert.All(_queries, static query => Assert.Equal(ConductorVerb.Change, query.Verb));
        Assert.Equal(
            [
                new RunChangeRequest { Kind = RunChangeKind.Rate, By = "HTTP from 127.0.0.1", RatePerSecond = 200 },
                new RunChangeRequest { Kind = RunChangeKind.Scale, By = "HTTP from 127.0.0.1", Share = 0.5, Within = TimeSpan.FromSeconds(1.5) },
            ],
            _queries.Select(static query => JsonSerializer.Deserialize(query.Content, ConductorJson.Default.RunChangeRequest)!));
        Assert.Equal(ConductorFault.Unauthorized, await FaultAsync(Client(token: null).ChangeAsync(RunChangeKind.Rate, "x2", null, Cancellation)));
    }

    [Theory]
    [InlineData("rate", "{}", "the body has no value")]
    [InlineData("rate", "nonsense", "not a change")]
    [InlineData("rate", "{ \"value\": \"fast\" }", "value: 'fast' is not a number with a unit")]
    [InlineData("scale", "{ \"value\": \"half\" }", "value: 'half' is not a number of phones")]
    [InlineData("scale", "{ \"value\": \"all\", \"within\": \"soon\" }", "value: 'all' with within 'soon': is not a number with a unit")]
    public async Task What_is_no_change_is_a_bad_request(string knob, string body, string problem)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        using var content = new StringContent(body);
        using var answer = await http.PostAsync(new Uri($"{_endpoint!.Address}/runs/current/{knob}"), content, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(problem, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Empty(_queries);
    }

    [Fact]
    public async Task Without_a_conductor_the_service_is_unavailable()
    {
        _conductor = static _ => throw new AskTimeoutException("");
        using var client = Client();
        Assert.Equal(ConductorFault.Away, await FaultAsync(client.StopAsync(Cancellation)));
    }

    [Fact]
    public async Task A_client_with_several_nodes_asks_the_next_one_where_one_is_gone()
    {
        using var client = new ConductorClient([new Uri("http://127.0.0.1:1/"), new Uri(_endpoint!.Address)], Token);
        Assert.Equal("run-7", await client.StopAsync(Cancellation));
    }

    [Fact]
    public async Task A_scenario_that_is_too_long_does_not_reach_the_conductor()
    {
        using var client = Client();
        var text = new string('x', ClusterScenarioRules.LongestText + 1);
        Assert.Equal(ConductorFault.Refused, await FaultAsync(client.SubmitAsync(new RunSubmission(text, []), Cancellation)));
        Assert.Equal(ConductorFault.Refused, await FaultAsync(client.SubmitAsync(new RunSubmission("x", [new string('\u0001', 400_000)]), Cancellation)));
        Assert.Empty(_queries);
        await client.SubmitAsync(new RunSubmission(text[1..], []), Cancellation);
    }

    [Theory]
    [InlineData("nonsense", "not a submission")]
    [InlineData("{}", "has no scenario")]
    [InlineData("null", "has no scenario")]
    public async Task A_body_that_is_none_is_a_bad_request(string body, string problem)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        using var content = new StringContent(body);
        using var answer = await http.PostAsync(new Uri(_endpoint!.Address + "/runs"), content, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(problem, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_result_is_that_of_the_register()
    {
        using var client = Client();
        Assert.Equal(ConductorFault.Unknown, await FaultAsync(client.ResultAsync(Cancellation)));
        await _register.TryCreateAsync(new ClusterRunRecord("run-7", "x", [], DateTimeOffset.UnixEpoch), Cancellation);
        Assert.Equal(ConductorFault.Refused, await FaultAsync(client.ResultAsync(Cancellation)));
        var result = Samples.Result();
        await _register.DecideResultAsync("run-7", new ClusterVerdict(UeFarm.Farm.Report.ResultJson.Serialize(result), 0, "PASS"), Cancellation);
        Assert.Equal(result.Reason, (await client.ResultAsync(Cancellation)).Reason);
    }

    private ConductorClient Client(string? token = Token) => new([new Uri(_endpoint!.Address)], token);

    private static async Task<ConductorFault> FaultAsync(Task call) => (await Assert.ThrowsAsync<ConductorException>(() => call)).Fault;
}
