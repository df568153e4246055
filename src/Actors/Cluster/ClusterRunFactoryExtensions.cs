using UeFarm.Actors.Run;

namespace UeFarm.Actors.Cluster;

/// <summary>The way from a run's name to its settings.</summary>
internal static class ClusterRunFactoryExtensions
{
    /// <summary>The register has what was submitted; nobody sends it around.</summary>
    public static async Task<FarmRunSettings> CreateSettingsOfAsync(this IClusterRunFactory factory, string runId)
    {
        var run = await factory.Register.GetAsync(runId, CancellationToken.None).ConfigureAwait(false);
        return await factory.CreateSettingsAsync(run.Scenario, run.Overrides, CancellationToken.None).ConfigureAwait(false);
    }
}
