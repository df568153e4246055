using System.Globalization;

namespace UeFarm.Actors.Cluster;

/// <summary>What must be the same on all nodes, and what to say of a node on which it is not.</summary>
public static class JoinCompatibility
{
    private const string Absent = "not given";

    /// <summary>TLS is among them for completeness only: with it on one side, the two do not understand each other in the first place.</summary>
    public static IReadOnlyList<JoinTerm> TermsOf(ClusterNodeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return
        [
            new("version of the cluster protocol", settings.Version),
            new("largest block of phones", UeBlocks.LargestBlock.ToString(CultureInfo.InvariantCulture)),
            new("fewest blocks of phones", UeBlocks.FewestBlocks.ToString(CultureInfo.InvariantCulture)),
            new("state of sharding", "ddata"),
            new("split brain resolver", "keep-majority"),
            new("stable after", Seconds(settings.Timing.StableAfter)),
            new("heartbeat interval", Seconds(settings.Timing.HeartbeatInterval)),
            new("acceptable pause", Seconds(settings.Timing.AcceptablePause)),
            new("TLS", settings.Tls is null ? "off" : "on"),
        ];
    }

    /// <summary>The first term in which a node differs from a seed; null: none.</summary>
    public static ClusterFault? Compare(IReadOnlyList<JoinTerm> own, IReadOnlyList<JoinTerm> seeds, string seed)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(seeds);
        foreach (var name in own.Concat(seeds).Select(static term => term.Name).Distinct())
        {
            var (here, there) = (ValueOf(own, name), ValueOf(seeds, name));
            if (here != there)
            {
                return new ClusterFault(
                    name, here, $"differs from '{there}' at {seed}, so this node must not join", "start every node of the cluster from the same version with the same settings");
            }
        }

        return null;
    }

    private static string ValueOf(IReadOnlyList<JoinTerm> terms, string name)
    {
        foreach (var term in terms)
        {
            if (term.Name == name)
            {
                return term.Value;
            }
        }

        return Absent;
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture) + " s";
}
