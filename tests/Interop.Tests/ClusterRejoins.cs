using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>Clusters of processes whose nodes come back after they were cut off or stopped, one after the other; beside those of <see cref="ClusterProcesses"/>.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterRejoins
{
    public const string Name = "cluster rejoins";
}
