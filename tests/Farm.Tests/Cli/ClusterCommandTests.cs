using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Cli;

/// <summary>What the commands of a cluster refuse before anything is started or sent.</summary>
public sealed class ClusterCommandTests : IDisposable
{
    private static readonly string Scenario = Repository.PathOf("scenarios", "cluster.yaml");

    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Nodes_without_a_database_are_refused_with_the_way_to_one()
    {
        Assert.Equal(2, await _cli.RunAsync("run", Scenario, "--nodes", "3"));
        Assert.Contains("--nodes needs --store", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("apt install postgresql", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli.ResultsParent));
    }

    [Theory]
    [InlineData("0", "Host=db", "--nodes '0' must be 1 to 32")]
    [InlineData("33", "Host=db", "--nodes '33' must be 1 to 32")]
    [InlineData("3", "Host=db;Password=x", "--store contains a password")]
    [InlineData("3", "Database=x", "--store names no host")]
    public async Task Nodes_and_database_are_checked(string nodes, string store, string problem)
    {
        Assert.Equal(2, await _cli.RunAsync("run", Scenario, "--nodes", nodes, "--store", store));
        Assert.Contains(problem, _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_cluster_cannot_play_is_exit_2_and_what_a_guard_refuses_exit_3()
    {
        Assert.Equal(2, await _cli.RunAsync("run", Scenario, "--nodes", "3", "--store", "Host=db", "--set", "clock=virtual"));
        Assert.Contains("refused: clock: 'virtual'", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, await _cli.RunAsync("submit", Scenario, "--conductor", "http://127.0.0.1:1", "--set", "limits.maxUes=10"));
    }

    [Fact]
    public async Task Junit_without_waiting_for_the_verdict_is_exit_2()
    {
        Assert.Equal(2, await _cli.RunAsync("submit", Scenario, "--conductor", "http://127.0.0.1:1", "--junit", "verdict.xml"));
        Assert.Contains("--junit needs --wait", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conductor_that_is_not_there_is_exit_4()
    {
        Assert.Equal(4, await _cli.RunAsync("status", "--conductor", "http://127.0.0.1:1"));
        Assert.Contains("http://127.0.0.1:1/ is not reached", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(4, await _cli.RunAsync("submit", Scenario, "--conductor", "http://127.0.0.1:1"));
        Assert.Equal(4, await _cli.RunAsync("stop", "--conductor", "http://127.0.0.1:1"));
    }

    [Theory]
    [InlineData("rate 'fast' is not a number with a unit", "rate", "fast")]
    [InlineData("rate 'x' is no factor of 0 or more", "rate", "x")]
    [InlineData("rate '50' has no unit", "rate", "50")]
    [InlineData("scale '120%' is more than the whole", "scale", "120%")]
    [InlineData("scale '5' with within 'soon': is not a number with a unit", "scale", "5", "--within", "soon")]
    public async Task What_is_no_change_of_a_run_is_exit_2(string problem, params string[] arguments)
    {
        Assert.Equal(2, await _cli.RunAsync([.. arguments, "--conductor", "http://127.0.0.1:1"]));
        Assert.Contains(problem, _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("remedy:", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rate", "x2")]
    [InlineData("rate", "150%")]
    [InlineData("rate", "0")]
    [InlineData("scale", "80")]
    public async Task A_change_wants_a_conductor(params string[] arguments) => Assert.Equal(4, await _cli.RunAsync([.. arguments, "--conductor", "http://127.0.0.1:1"]));

    [Theory]
    [InlineData("node-0.lab:9464")]
    [InlineData("ftp://node-0.lab")]
    [InlineData("http://node-0.lab/runs")]
    public async Task An_address_that_is_none_is_exit_2(string address)
    {
        Assert.Equal(2, await _cli.RunAsync("status", "--conductor", address));
        Assert.Contains($"--conductor '{address}' is no address of an admin endpoint", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_file_that_is_not_there_is_exit_2()
    {
        Assert.Equal(2, await _cli.RunAsync("stop", "--conductor", "http://127.0.0.1:1", "--token-file", "none"));
        Assert.Contains("--token-file 'none' does not exist", _cli.Error.ToString(), StringComparison.Ordinal);
    }
}
