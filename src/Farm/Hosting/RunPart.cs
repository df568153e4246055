namespace UeFarm.Farm.Hosting;

/// <summary>A part of a run, or a node of a cluster, with what it did so far: the most telling first.</summary>
internal sealed record RunPart(string Name, IReadOnlyList<string> Facts);
