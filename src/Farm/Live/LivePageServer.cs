using System.Net;
using System.Net.Sockets;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Nodes;

namespace UeFarm.Farm.Live;

/// <summary>The live page of a run in this process.</summary>
internal sealed class LivePageServer : IAsyncDisposable
{
    private readonly AdminEndpoint? _endpoint;

    private LivePageServer(AdminEndpoint? endpoint, IPEndPoint? listen)
    {
        _endpoint = endpoint;
        Address = endpoint is null ? null : AddressOf(new Uri(endpoint.Address).Port, listen!);
    }

    /// <summary>What a browser is given; null: no page is served.</summary>
    public string? Address { get; }

    /// <param name="listen">Null: nowhere.</param>
    /// <param name="source">What is shown.</param>
    /// <exception cref="ListenException">The address cannot be listened on.</exception>
    public static async Task<LivePageServer> StartAsync(IPEndPoint? listen, ILiveSource source)
    {
        if (listen is null)
        {
            return new LivePageServer(null, null);
        }

        var hosts = new HostRule();
        try
        {
            return new LivePageServer(
                await AdminEndpoint.StartAsync(listen, AdminEndpoint.NoBody, application => LivePage.Map(application, source, hosts)).ConfigureAwait(false), listen);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new ListenException("page.listen", listen, exception);
        }
    }

    public ValueTask DisposeAsync() => _endpoint?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Every address of the machine is told by its name.</summary>
    private static string AddressOf(int port, IPEndPoint listen)
    {
        var isEvery = listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any);
        return isEvery ? $"http://{Dns.GetHostName()}:{port}/" : $"http://{new IPEndPoint(listen.Address, port)}/";
    }
}
