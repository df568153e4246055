using UeFarm.Actors.Cluster;

namespace UeFarm.Actors.Ue;

/// <summary>A phone's message to the KMS; the sender gets a <see cref="KmsAnswer"/> with the same token.</summary>
public sealed record KmsQuery(long Token, ReadOnlyMemory<byte> Message) : IClusterMessage;
