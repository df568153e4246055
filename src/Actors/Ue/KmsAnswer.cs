using UeFarm.Actors.Cluster;

namespace UeFarm.Actors.Ue;

/// <summary>Message null: refused or not available.</summary>
public sealed record KmsAnswer(long Token, ReadOnlyMemory<byte>? Message) : IClusterMessage;
