using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>Clusters of processes whose nodes are killed, one after the other; beside those of <see cref="ClusterProcesses"/>.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterLosses
{
    public const string Name = "cluster losses";
}
