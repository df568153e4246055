using System.Net;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>The farm against an application server that is a process of its own, behind the farm's core.</summary>
[Collection(WholeProcesses.Name)]
public sealed class NodeUnderLoadTests
{
    [Theory]
    [InlineData("tcp")]
    [InlineData("udp")]
    public async Task A_scenario_with_the_servers_address_stores_and_drains_through_it_and_all_is_accepted_in_order(string transport)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        var core = new IPEndPoint(IPAddress.Loopback, FreePorts.Take(IPAddress.Loopback));
        await using var server = await ApplicationServerProcess.StartAsync(
            new ApplicationServerProcessSettings { Core = core, Folder = folder.FullPath, Options = ["--udp", "--set", "applicationServer.drainDelay=100ms"] }, cancellation);
        await using var farm = FarmProcess.Start(folder, $$"""
            version: 1
            name: node-under-load
            target: { domain: ims.example, listen: "{{core}}", as: "sip:{{server.EndPoint}};transport={{transport}}", kms: embedded, allow: [127.0.0.0/8] }
            subscribers: { count: 200 }
            traffic: { rate: 100/s, size: 160B }
            phases:
              - { name: steady, for: 2s }
              - { name: outage, offline: 60%, cut: silent, for: 4s }
              - { name: storm, online: all, within: 1s, for: 4s }
              - { name: settle, traffic: off, for: 2s }
            thresholds:
              - accepted.share >= 98%
              - order_violations == 0
            """);

        var result = await farm.WaitForHeldAsync(TimeSpan.FromSeconds(120));

        result.AssertOnlyLeaversFailed();
        Assert.Equal(0, await server.BacklogAsync(cancellation));
        Assert.True((int)(await server.GetAsync("status", cancellation))["sinceStart"]!["stored"]! > 50, server.Output);
    }
}
