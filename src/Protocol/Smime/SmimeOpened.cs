namespace UeFarm.Protocol.Smime;

/// <summary>
/// An opened body. Entity: the innermost MIME entity (headers, empty line, body), in memory of its own.
/// SignerIdentity: the URI of the verified certificate (RFC 8591 section 4.4.1), null when nothing was signed.
/// </summary>
public readonly record struct SmimeOpened(ReadOnlyMemory<byte> Entity, string? SignerIdentity);
