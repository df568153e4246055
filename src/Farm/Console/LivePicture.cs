using UeFarm.Farm.Hosting;

namespace UeFarm.Farm.Console;

/// <summary>All that a screen of the live view shows.</summary>
/// <param name="Plan">Of the run.</param>
/// <param name="Snapshot">Of the run now.</param>
/// <param name="Screen">Which one.</param>
/// <param name="Notice">The last line of the screen.</param>
/// <param name="HasKeys">Whether keys do anything.</param>
internal sealed record LivePicture(RunPlan Plan, RunSnapshot Snapshot, LiveScreenKind Screen = LiveScreenKind.Overview, string? Notice = null, bool HasKeys = true)
{
    /// <summary>What the second screen is of.</summary>
    public string PartsName => Snapshot.IsCluster ? "nodes" : "parts";
}
