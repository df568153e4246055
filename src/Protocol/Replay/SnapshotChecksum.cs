using System.Security.Cryptography;

namespace UeFarm.Protocol.Replay;

/// <summary>The end of a snapshot: the first 16 bytes of the SHA-256 of all before it. Tells a torn or altered one; no protection against a forger.</summary>
internal static class SnapshotChecksum
{
    public const int Length = 16;

    /// <summary>Fills the last bytes of a snapshot.</summary>
    public static void Write(Span<byte> snapshot)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(snapshot[..^Length], hash);
        hash[..Length].CopyTo(snapshot[^Length..]);
    }

    /// <summary>The snapshot has at least <see cref="Length"/> bytes.</summary>
    public static bool Matches(ReadOnlySpan<byte> snapshot)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(snapshot[..^Length], hash);
        return hash[..Length].SequenceEqual(snapshot[^Length..]);
    }
}
