namespace UeFarm.Farm.Tests.Hosting;

/// <summary>Runs with sockets and real time share the machine with nothing else of this project: their traffic is due when it is due.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeRuns
{
    public const string Name = "whole runs";
}
