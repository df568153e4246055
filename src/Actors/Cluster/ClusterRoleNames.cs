namespace UeFarm.Actors.Cluster;

/// <summary>The roles as operators and the cluster write them.</summary>
public static class ClusterRoleNames
{
    public static IReadOnlyList<ClusterRole> All { get; } = Enum.GetValues<ClusterRole>();

    public static string ToRoleName(this ClusterRole role) => role switch
    {
        ClusterRole.Ue => "ue",
        ClusterRole.Core => "core",
        ClusterRole.ApplicationServer => "as",
        ClusterRole.Kms => "kms",
        ClusterRole.Conductor => "conductor",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
    };

    public static bool TryParse(string name, out ClusterRole role)
    {
        foreach (var candidate in All)
        {
            if (candidate.ToRoleName() == name)
            {
                role = candidate;
                return true;
            }
        }

        role = default;
        return false;
    }
}
