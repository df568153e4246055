using Microsoft.Extensions.Hosting;

namespace UeFarm.Farm.Hosting;

/// <summary>
/// An endpoint begins and ends with its owner. The lifetime that hosts have by default takes every signal as their own end, also one in the middle of their start.
/// </summary>
internal sealed class EndpointLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
