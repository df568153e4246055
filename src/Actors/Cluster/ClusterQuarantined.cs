using Akka.Actor;

namespace UeFarm.Actors.Cluster;

/// <summary>Why a shutdown was begun: see <see cref="ClusterEnd.Quarantined"/>.</summary>
internal sealed class ClusterQuarantined : CoordinatedShutdown.Reason
{
    public static ClusterQuarantined Instance { get; } = new();

    public override int ExitCode => 3;
}
