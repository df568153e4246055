namespace UeFarm.Protocol.Sip;

/// <summary>What the parser and the framer take at most; each limit is checked before anything is allocated for it.</summary>
public sealed record SipLimits
{
    public static readonly SipLimits Default = new();

    /// <summary>Bytes of a whole message.</summary>
    public int MaxMessageBytes { get; init; } = 65536;

    /// <summary>Bytes of start line and header section, the empty line included.</summary>
    public int MaxHeaderBytes { get; init; } = 16384;

    /// <summary>Header fields of a message.</summary>
    public int MaxHeaderCount { get; init; } = 128;

    /// <summary>Bytes of a body.</summary>
    public int MaxBodyBytes { get; init; } = 49152;
}
