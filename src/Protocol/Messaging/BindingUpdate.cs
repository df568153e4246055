namespace UeFarm.Protocol.Messaging;

/// <summary>What a REGISTER says about one of its contacts.</summary>
internal readonly ref struct BindingUpdate
{
    public required Instant ExpiresAt { get; init; }

    public required uint CSeq { get; init; }

    public required ulong CallIdHash { get; init; }

    public required ulong InstanceHash { get; init; }

    public required ReadOnlySpan<byte> Path { get; init; }
}
