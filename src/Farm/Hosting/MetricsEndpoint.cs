using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;
using UeFarm.Actors.Metrics;
using UeFarm.Actors.Run;

namespace UeFarm.Farm.Hosting;

/// <summary>Serves <c>/metrics</c> on the loopback address while a run goes on.</summary>
internal sealed class MetricsEndpoint : IAsyncDisposable
{
    private readonly WebApplication? _application;

    private MetricsEndpoint(WebApplication? application, string? address)
    {
        _application = application;
        Address = address;
    }

    /// <summary>The page's address; null when none is served.</summary>
    public string? Address { get; }

    /// <summary>Starts serving; port 0 means no endpoint at all.</summary>
    /// <exception cref="ListenException">The port cannot be had.</exception>
    public static async Task<MetricsEndpoint> StartAsync(int port, FarmRun run)
    {
        if (port == 0)
        {
            return new MetricsEndpoint(null, null);
        }

        var registry = Prometheus.Metrics.NewCustomRegistry();
        FarmMetrics.Register(run, registry);
        ProcessMetrics.Register(registry);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, EndpointLifetime>();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));
        var application = builder.Build();
        application.MapMetrics("/metrics", registry);
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new ListenException("metrics.port", new IPEndPoint(IPAddress.Loopback, port), exception);
        }

        return new MetricsEndpoint(application, $"http://127.0.0.1:{port}/metrics");
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
        {
            await _application.StopAsync().ConfigureAwait(false);
            await _application.DisposeAsync().ConfigureAwait(false);
        }
    }
}
