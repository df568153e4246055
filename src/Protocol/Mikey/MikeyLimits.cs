namespace UeFarm.Protocol.Mikey;

/// <summary>Bounds that a decoder checks before it allocates or loops.</summary>
internal sealed record MikeyLimits
{
    public static readonly MikeyLimits Default = new();

    /// <summary>A whole message in bytes. A TRANSFER_INIT with one ticket takes some 400; two certificates fit as well.</summary>
    public int MaxMessageBytes { get; init; } = 16384;

    /// <summary>Payloads of one chain (of a message, of TP Data, of Ticket Data).</summary>
    public int MaxPayloads { get; init; } = 32;

    /// <summary>Crypto sessions in the map of the header.</summary>
    public int MaxCryptoSessions { get; init; } = 16;

    /// <summary>The data of one identity in bytes.</summary>
    public int MaxIdentityBytes { get; init; } = 1024;

    /// <summary>Keys in one KEMAC.</summary>
    public int MaxKeys { get; init; } = 8;

    /// <summary>Parameters of one security policy.</summary>
    public int MaxPolicyParameters { get; init; } = 32;
}
