using System.Net;
using UeFarm.Actors.Cluster;
using UeFarm.Farm.Cluster;

namespace UeFarm.Farm.Nodes;

/// <summary>A node of a cluster as the operator wants it; every value checked.</summary>
internal sealed record ClusterNodeOptions
{
    public required IReadOnlySet<ClusterRole> Roles { get; init; }

    /// <summary>Scenarios for another domain are refused. Null: any domain.</summary>
    public required string? Domain { get; init; }

    /// <summary>Where the core listens when it is here; the other SIP parts listen on free ports of the address.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>As a member of the cluster.</summary>
    public required ClusterNodeSettings Member { get; init; }

    public required ClusterStore Store { get; init; }

    /// <summary>Null: no admin endpoint.</summary>
    public required IPEndPoint? AdminListen { get; init; }

    /// <summary>Null: changing calls are refused.</summary>
    public required AdminToken? AdminToken { get; init; }

    public string RoleNames => string.Join(',', Roles.Order().Select(static role => role.ToRoleName()));
}
