namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>What a <see cref="DigestServer"/> is told at its start.</summary>
public sealed record DigestServerSettings
{
    /// <summary>The home domain.</summary>
    public required string Realm { get; init; }

    /// <summary>How long a nonce may be used, also again with a higher nc.</summary>
    public TimeSpan NonceLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Places that remember nonces in use, 12 bytes each; a power of two.</summary>
    public int NonceSlots { get; init; } = 65536;
}
