using System.Text.Json.Nodes;
using UeFarm.Actors.Cluster;

namespace UeFarm.Farm.Scenarios;

/// <summary>The roles of a cluster's node, separated by commas.</summary>
internal sealed class RolesKind : OptionKind<IReadOnlySet<ClusterRole>>
{
    private static readonly string Names = string.Join(", ", ClusterRoleNames.All.Select(static role => role.ToRoleName()));

    public override string Name => "roles";

    public override string Allowed => $"one or more of {Names}, separated by commas";

    public override bool TryRead(string text, out IReadOnlySet<ClusterRole> value, out OptionProblem problem)
    {
        var roles = new HashSet<ClusterRole>();
        value = roles;
        problem = default;
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!ClusterRoleNames.TryParse(name, out var role))
            {
                problem = new OptionProblem("is not a list of roles", $"write one or more of {Names}, as in ue,core");
                return false;
            }

            if (!roles.Add(role))
            {
                problem = new OptionProblem($"has {name} twice", "write each role once");
                return false;
            }
        }

        return true;
    }

    public override JsonObject CreateSchema()
    {
        var one = $"({string.Join('|', ClusterRoleNames.All.Select(static role => role.ToRoleName()))})";
        return Pattern($"^{one}( *, *{one})*$");
    }
}
