using System.Net;
using System.Net.Sockets;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Nodes;

public sealed class NodeCommandTests : IDisposable
{
    private readonly CliHarness _cli = new();

    private string Store => Path.Combine(_cli.Folder, "m.db");

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_role_of_a_cluster_alone_is_exit_2_and_says_what_is_missing()
    {
        Assert.Equal(2, await _cli.RunAsync("node", "--role", "ue", "--listen", "127.0.0.1:0"));
        Assert.StartsWith("command line: cluster.listen is missing: a node with these roles is a part of a cluster", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("nothing was started.\n", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_cli.Output.ToString());
    }

    [Fact]
    public async Task All_mistakes_of_the_command_line_are_reported_at_once_with_the_option_that_made_them()
    {
        Assert.Equal(2, await _cli.RunAsync(
            "node", "--role", "as", "--listen", "nowhere", "--allow", "10.0.0.0/8", "--allow", "10.1", "--admin", "0.0.0.0:8090", "--set", "expiry=5"));
        Assert.All(
            ["--listen nowhere: listen", "--allow 10.0.0.0/8 10.1: allow[1] '10.1'", "--admin 0.0.0.0:8090: admin.listen", "--set expiry=5: expiry is not a known key",
                "command line: domain is missing", "give --core 127.0.0.1:5060, or core: 127.0.0.1:5060 in the file", "6 mistakes"],
            text => Assert.Contains(text, _cli.Error.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_exit_2()
    {
        Assert.Equal(2, await _cli.RunAsync("node", "--config", "none.yaml"));
        Assert.Contains("none.yaml: the file does not exist", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("uefarm init --role as FILE", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_greets_runs_until_the_signal_and_ends_with_0()
    {
        var config = _cli.File("as.yaml", $"role: as\ndomain: ims.example\nlisten: 127.0.0.1:0\ncore: \"[::1]:5060\"\nstore: {Store}\n");
        var running = _cli.RunAsync("node", "--config", config, "--udp", "--admin", "127.0.0.1:0");
        await LineAsync();

        Assert.Matches(
            @"^as: listening on tcp 127\.0\.0\.1:([0-9]+), udp 127\.0\.0\.1:\1; core sip:\[::1\]:5060; store .*m\.db with 0 messages for 0 recipients, 0 online; "
            + @"admin http://127\.0\.0\.1:[0-9]+\n$",
            _cli.Output.ToString());
        Assert.False(running.IsCompleted);
        _cli.Signals.Raise();

        Assert.Equal(0, await running);
        Assert.Contains("\nas: stopped: 0 received", _cli.Output.ToString(), StringComparison.Ordinal);
        Assert.Empty(_cli.Error.ToString());
        Assert.True(_cli.Signals.IsDisposed);
    }

    [Fact]
    public async Task A_port_in_use_is_exit_4_with_place_value_and_remedy()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        Assert.Equal(4, await StartAsync("--listen", listener.LocalEndpoint.ToString()!));
        Assert.Equal(
            $"node: listen '{listener.LocalEndpoint}' is in use by another program\n"
            + "    remedy:  stop the other program, or choose another address with --listen\nNothing was started.\n",
            _cli.Error.ToString());
    }

    [Fact]
    public async Task An_admin_port_in_use_is_exit_4()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        Assert.Equal(4, await StartAsync("--listen", "127.0.0.1:0", "--admin", listener.LocalEndpoint.ToString()!));
        Assert.StartsWith($"node: admin.listen '{listener.LocalEndpoint}' is in use by another program", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_another_node_uses_is_exit_4()
    {
        await using var other = await RunningNode.StartAsync($"store={Store}");

        Assert.Equal(4, await StartAsync("--listen", "127.0.0.1:0"));
        Assert.StartsWith($"node: store '{Store}' cannot be used: ", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("in use by another process", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_another_program_is_exit_4_and_is_left_as_it_is()
    {
        var content = new string('x', 5000);
        _cli.File("m.db", content);

        Assert.Equal(4, await StartAsync("--listen", "127.0.0.1:0"));
        Assert.Contains("not a database", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(Store, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_core_outside_the_allow_list_is_exit_3()
    {
        Assert.Equal(3, await StartAsync("--listen", "127.0.0.1:0", "--set", "core=192.0.2.1"));
        Assert.Contains("which is not in allow", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Store));
    }

    [Fact]
    public async Task Init_and_schema_know_the_role()
    {
        var file = Path.Combine(_cli.Folder, "as.yaml");
        Assert.Equal(0, await _cli.RunAsync("init", "--role", "as", file));
        Assert.Contains($"uefarm node --config {file}", _cli.Output.ToString(), StringComparison.Ordinal);
        Assert.Contains("listen: 127.0.0.1:5090", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, await _cli.RunAsync("schema", "--role", "as"));
        Assert.Contains("\"uefarm node file\"", _cli.Output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await _cli.RunAsync("init", "--role", "kms"));
        Assert.Contains("\ncluster:\n", _cli.Output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await _cli.RunAsync("schema", "--role", "ue,core"));
        Assert.Contains("\"cluster\"", _cli.Output.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await _cli.RunAsync("init", "--role", "pcscf"));
        Assert.Contains("--role 'pcscf' is not a list of roles", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    private Task<int> StartAsync(params string[] arguments) => _cli.RunAsync(
        ["node", "--role", "as", "--domain", "ims.example", "--core", "127.0.0.1", "--store", Store, .. arguments]);

    private async Task LineAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!_cli.Output.ToString().EndsWith('\n'))
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
