using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using UeFarm.Farm.Hosting;

namespace UeFarm.Farm.Nodes;

/// <summary>A node's HTTP for operators, bounded in connections and bodies; who may call what is decided in <see cref="AdminGate"/>.</summary>
internal sealed class AdminEndpoint : IAsyncDisposable
{
    /// <summary>Where nothing that is asked takes a body; clients that send an empty one are let be.</summary>
    public const int NoBody = 1024;

    private const int MostConnections = 64;

    /// <summary>Calls under way when the node stops may take this long.</summary>
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(1);

    private readonly WebApplication _application;

    private AdminEndpoint(WebApplication application)
    {
        _application = application;
        Address = application.Urls.First();
    }

    public string Address { get; }

    /// <param name="listen">Where.</param>
    /// <param name="longestBody">In bytes.</param>
    /// <param name="map">Adds what is answered.</param>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static async Task<AdminEndpoint> StartAsync(IPEndPoint listen, int longestBody, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, EndpointLifetime>();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = longestBody;
            options.Limits.MaxConcurrentConnections = MostConnections;
            options.Listen(listen);
        });
        var application = builder.Build();
        map(application);
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new AdminEndpoint(application);
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(LongestStop);
        await _application.StopAsync(limit.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }
}
