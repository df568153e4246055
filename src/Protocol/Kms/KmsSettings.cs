namespace UeFarm.Protocol.Kms;

/// <summary>Settings of a KMS.</summary>
public sealed record KmsSettings
{
    /// <summary>Its SIP URI (IDRkms).</summary>
    public string Identity { get; init; } = "sip:kms@ims.example";

    /// <summary>
    /// At least 16 bytes. PSKs and TPKs are derived from it (HKDF with the identity), so a KMS of a million phones holds no table, and every instance with the
    /// same secret resolves what another one issued.
    /// </summary>
    public required ReadOnlyMemory<byte> MasterSecret { get; init; }

    /// <summary>How far ahead TRe may lie of the time of issue; what exceeds it is shortened.</summary>
    public TimeSpan MaxTicketLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long after TRe a ticket is still resolved, for messages that were sent in time and delivered late.</summary>
    public TimeSpan ResolveGrace { get; init; } = TimeSpan.FromDays(21);

    /// <summary>
    /// How far the T of a request may lie from this clock. Null: any. A replayed request yields nothing that its replayer could read, so the check serves
    /// diagnosis more than security.
    /// </summary>
    public TimeSpan? MaxClockSkew { get; init; }
}
