namespace UeFarm.Actors.Cluster;

/// <summary>Why a node cannot start, join or stay.</summary>
/// <param name="Place">The setting or the node that it is about.</param>
/// <param name="Value">Its value.</param>
/// <param name="Problem">What is the matter with it.</param>
/// <param name="Remedy">What to do.</param>
public sealed record ClusterFault(string Place, string Value, string Problem, string Remedy)
{
    public override string ToString() => $"{Place} '{Value}' {Problem}\n    remedy:  {Remedy}";
}
