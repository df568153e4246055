using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>Clusters of processes, one after the other. They wait more than they work: others may run beside them.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterProcesses
{
    public const string Name = "cluster processes";
}
