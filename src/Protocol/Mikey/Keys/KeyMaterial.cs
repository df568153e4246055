using System.Security.Cryptography;

namespace UeFarm.Protocol.Mikey.Keys;

/// <summary>
/// Owns the bytes of a key: its text is redacted, comparison takes constant time, disposal clears the memory. Reading is safe from
/// several threads; disposal is the owner's and must not overlap with a use.
/// </summary>
internal sealed class KeyMaterial : IDisposable
{
    private byte[]? _bytes;

    /// <summary>Copies the bytes.</summary>
    public KeyMaterial(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes.ToArray();
    }

    /// <exception cref="ObjectDisposedException">The key was cleared.</exception>
    public ReadOnlySpan<byte> Span => Bytes;

    /// <exception cref="ObjectDisposedException">The key was cleared.</exception>
    public ReadOnlyMemory<byte> Memory => Bytes;

    public int Length => Bytes.Length;

    private byte[] Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_bytes is null, this);
            return _bytes;
        }
    }

    public bool FixedTimeEquals(ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(Span, other);

    public override string ToString() => _bytes is null ? "key (cleared)" : $"key ({_bytes.Length * 8} bits)";

    public void Dispose()
    {
        if (_bytes is { } bytes)
        {
            CryptographicOperations.ZeroMemory(bytes);
            _bytes = null;
        }
    }
}
