using UeFarm.Actors.Cluster;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cluster;

/// <summary>A scenario that was read here, made ready for nodes to read.</summary>
internal static class ScenarioSubmission
{
    /// <param name="read">Valid.</param>
    /// <param name="isHere">The nodes are on this machine, but in other folders.</param>
    public static RunSubmission Of(ScenarioReadResult read, bool isHere)
    {
        List<string> overrides = [.. read.Source.Overrides];
        if (read.Scenario!.Subscribers.File is { } file)
        {
            overrides.Add($"{ScenarioFormat.AuthSecretsHash.Path}={file.Sha256}");
            if (isHere)
            {
                overrides.Add($"{ScenarioFormat.AuthSecrets.Path}=file:{file.FullPath}");
            }
        }

        return new RunSubmission(read.Source.Text, overrides);
    }
}
