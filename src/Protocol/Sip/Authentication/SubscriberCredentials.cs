namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>
/// What a phone and the home network share. For AKA: K and OPc (16 bytes each) and AMF (2 bytes). For passwords: the password,
/// of which UTF-8 is hashed. <paramref name="Algorithm"/> is the best one that the subscriber can do: a SHA-256 subscriber is
/// challenged with SHA-256 and then MD5, an MD5 subscriber with MD5 only.
/// </summary>
public sealed record SubscriberCredentials(
    string PrivateIdentity, DigestAlgorithm Algorithm, string? Password, ReadOnlyMemory<byte> K, ReadOnlyMemory<byte> Opc, ReadOnlyMemory<byte> Amf)
{
    /// <summary>Names the subscriber only: secrets never reach a log.</summary>
    public override string ToString() => $"{PrivateIdentity} ({Algorithm})";
}
