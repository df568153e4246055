using System.Globalization;
using System.Net;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>
/// Network namespaces of the test's own with a cable from each to a bridge, which is in a namespace too: nothing of the machine's own network is touched. Unplugged is
/// silent: what is sent is lost, and nobody is told. Everything is removed at the end.
/// </summary>
internal sealed class SplitNetwork : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _ip;
    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"uefarm-{Environment.ProcessId}-");
    private readonly List<string> _spaces = [];

    private SplitNetwork(string ip) => _ip = ip;

    private string Hub => _prefix + "hub";

    /// <summary>Skips the test where it cannot be made.</summary>
    public static async Task<SplitNetwork> CreateAsync(int places)
    {
        var network = new SplitNetwork(Peer.Require("ip", "iproute2"));
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces need root");
        try
        {
            var (code, output) = await network.TryAsync("netns", "add", network.Hub);
            Assert.SkipWhen(code != 0, $"no network namespaces here: {output}");
            network._spaces.Add(network.Hub);
            await network.RunAsync("-n", network.Hub, "link", "add", "bridge", "type", "bridge");
            await network.RunAsync("-n", network.Hub, "link", "set", "bridge", "up");
            for (var number = 0; number < places; number++)
            {
                await network.AddPlaceAsync(number);
            }

            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public static IPAddress AddressOf(int number) => new([10, 77, 0, (byte)(number + 1)]);

    /// <summary>What puts a program into a namespace, and becomes it.</summary>
    public IReadOnlyList<string> LauncherOf(int number) => [_ip, "netns", "exec", SpaceOf(number)];

    public Task UnplugAsync(int number) => RunAsync("-n", Hub, "link", "set", PortOf(number), "down");

    public Task PlugAsync(int number) => RunAsync("-n", Hub, "link", "set", PortOf(number), "up");

    public async ValueTask DisposeAsync()
    {
        foreach (var space in _spaces)
        {
            await TryAsync("netns", "delete", space);
        }
    }

    private static string PortOf(int number) => string.Create(CultureInfo.InvariantCulture, $"port{number}");

    private string SpaceOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{number}");

    private async Task AddPlaceAsync(int number)
    {
        var space = SpaceOf(number);
        await RunAsync("netns", "add", space);
        _spaces.Add(space);
        await RunAsync("-n", Hub, "link", "add", PortOf(number), "type", "veth", "peer", "name", "eth0", "netns", space);
        await RunAsync("-n", Hub, "link", "set", PortOf(number), "master", "bridge", "up");
        await RunAsync("-n", space, "address", "add", $"{AddressOf(number)}/24", "dev", "eth0");
        await RunAsync("-n", space, "link", "set", "eth0", "up");
        await RunAsync("-n", space, "link", "set", "lo", "up");
    }

    private async Task RunAsync(params string[] arguments)
    {
        var (code, output) = await TryAsync(arguments);
        Assert.True(code == 0, $"ip {string.Join(' ', arguments)}: {output}");
    }

    private Task<(int Code, string Output)> TryAsync(params string[] arguments) => Peer.RunAsync(_ip, Path.GetTempPath(), Patience, arguments);
}
