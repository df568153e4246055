using System.Net;
using System.Net.Sockets;
using Akka.Remote;
using UeFarm.Actors.Cluster;
using Xunit;

namespace UeFarm.Actors.Tests.Cluster;

public sealed class ClusterNodeTests : IAsyncDisposable
{
    private static readonly ClusterTiming Short = TestCluster.Timing with { JoinTimeout = TimeSpan.FromSeconds(3) };

    private readonly TestCluster _cluster = new();
    private readonly RecordingObserver _heard = new();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Nodes_join_hear_of_each_other_and_leave_in_order()
    {
        var first = await _cluster.StartAsync(_cluster.Settings(ClusterRole.Conductor), _heard);
        var second = await _cluster.StartAsync(ClusterRole.Ue, ClusterRole.Kms);
        await TestCluster.UntilAsync(() => _heard.Events.Contains($"up {second.Address}"));
        Assert.Contains($"up {first.Address}", _heard.Events);
        Assert.Equal(["kms", "ue"], second.Cluster.SelfRoles.Order());

        Assert.True(await second.LeaveAsync(TestCluster.Patience));
        Assert.Equal(ClusterEnd.Left, await second.Ended);
        Assert.Null(second.Describe(ClusterEnd.Left));
        await TestCluster.UntilAsync(() => _heard.Events.Contains($"left {second.Address}"));
        Assert.DoesNotContain(_heard.Events, static heard => heard.StartsWith("lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_split_brain_resolver_removes_a_node_that_was_killed()
    {
        await _cluster.StartAsync(_cluster.Settings(ClusterRole.Ue), _heard);
        await _cluster.StartAsync(ClusterRole.Ue);
        var third = await _cluster.StartAsync(ClusterRole.Ue);
        await TestCluster.UntilAsync(() => _heard.Events.Contains($"up {third.Address}"));
        await TestCluster.KillAsync(third);
        await TestCluster.UntilAsync(() => _heard.Events.Contains($"lost {third.Address}"));
        Assert.Contains($"unreachable {third.Address}", _heard.Events);
    }

    [Fact]
    public async Task A_node_that_was_downed_ends_and_says_so()
    {
        var first = await _cluster.StartAsync(ClusterRole.Ue);
        var second = await _cluster.StartAsync(ClusterRole.Ue);
        first.Cluster.Down(second.Cluster.SelfAddress);
        Assert.Equal(ClusterEnd.Downed, await second.Ended.WaitAsync(TestCluster.Patience, TestContext.Current.CancellationToken));
        Assert.Contains($"node '{second.Address}' was cut off from the majority", second.Describe(ClusterEnd.Downed)!.ToString());
    }

    [Theory]
    [InlineData(true, ClusterEnd.Quarantined)]
    [InlineData(false, ClusterEnd.Left)]
    public async Task A_node_whom_a_member_refuses_to_talk_to_ends_and_says_so(bool isMember, ClusterEnd end)
    {
        var first = await _cluster.StartAsync(ClusterRole.Ue);
        var second = await _cluster.StartAsync(ClusterRole.Ue);
        var refusing = isMember ? first.Cluster.SelfAddress : first.Cluster.SelfAddress.WithPort(1);
        second.System.EventStream.Publish(new ThisActorSystemQuarantinedEvent(second.Cluster.SelfAddress, refusing));
        if (!isMember)
        {
            Assert.True(await second.LeaveAsync(TestCluster.Patience));
        }

        Assert.Equal(end, await second.Ended.WaitAsync(TestCluster.Patience, TestContext.Current.CancellationToken));
        Assert.Equal(isMember, second.Describe(end) is { Value: var node } && node == second.Address);
    }

    [Fact]
    public async Task A_node_of_another_version_is_refused()
    {
        var first = await _cluster.StartAsync(ClusterRole.Ue);
        var fault = await FailAsync(_cluster.Settings(ClusterRole.Ue) with { Version = "0" });
        Assert.Equal(("version of the cluster protocol", "0"), (fault.Place, fault.Value));
        Assert.Contains($"differs from '{ClusterProtocol.Version}' at {first.Address}", fault.Problem);
        Assert.Single(first.Cluster.State.Members);
    }

    [Fact]
    public async Task A_node_with_other_timing_is_refused()
    {
        await _cluster.StartAsync(ClusterRole.Ue);
        var fault = await FailAsync(_cluster.Settings(ClusterRole.Ue) with { Timing = TestCluster.Timing with { StableAfter = TimeSpan.FromSeconds(7.5) } });
        Assert.Equal(("stable after", "7.5 s"), (fault.Place, fault.Value));
    }

    [Fact]
    public async Task A_first_seed_of_another_version_does_not_start_a_second_cluster()
    {
        var first = await _cluster.StartAsync(ClusterRole.Ue);
        var port = TestSupport.FreePorts.Take(IPAddress.Loopback);
        var fault = await FailAsync(_cluster.Settings(ClusterRole.Ue) with
        {
            Version = "0",
            Listen = new IPEndPoint(IPAddress.Loopback, port),
            Seeds = [new DnsEndPoint("127.0.0.1", port), TestCluster.SeedOf(first)],
        });
        Assert.Equal("version of the cluster protocol", fault.Place);
    }

    [Fact]
    public async Task Seeds_that_do_not_answer_are_named()
    {
        var nobody = TestSupport.FreePorts.Take(IPAddress.Loopback);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var silentPort = ((IPEndPoint)silent.LocalEndpoint).Port;
        var fault = await FailAsync(_cluster.Settings(ClusterRole.Ue) with
        {
            Seeds = [new DnsEndPoint("127.0.0.1", nobody), new DnsEndPoint("127.0.0.1", silentPort)],
            Timing = Short,
        });
        Assert.Equal(("seeds", $"127.0.0.1:{nobody}, 127.0.0.1:{silentPort}"), (fault.Place, fault.Value));
        Assert.Contains($"127.0.0.1:{nobody} cannot be connected to", fault.Problem);
        Assert.Contains($"127.0.0.1:{silentPort} can be connected to but does not answer", fault.Problem);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var listen = (IPEndPoint)taken.LocalEndpoint;
        var fault = await FailAsync(_cluster.Settings(ClusterRole.Ue) with { Listen = listen });
        Assert.Equal(("listen", listen.ToString()), (fault.Place, fault.Value));
        Assert.Contains("cannot be listened on", fault.Problem);
    }

    [Fact]
    public async Task All_addresses_need_one_to_advertise()
    {
        var fault = await FailAsync(_cluster.Settings(ClusterRole.Ue) with { Listen = new IPEndPoint(IPAddress.Any, 0) });
        Assert.Equal(("listen", "0.0.0.0:0"), (fault.Place, fault.Value));
    }

    private static async Task<ClusterFault> FailAsync(ClusterNodeSettings settings) => (await Assert.ThrowsAsync<ClusterFaultException>(
        () => ClusterNode.StartAsync(settings, new RecordingObserver(), TestContext.Current.CancellationToken))).Fault;
}
