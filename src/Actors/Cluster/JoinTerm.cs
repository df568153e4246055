namespace UeFarm.Actors.Cluster;

/// <summary>Something that must be the same on all nodes.</summary>
public readonly record struct JoinTerm(string Name, string Value);
