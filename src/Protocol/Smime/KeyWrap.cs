using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;

namespace UeFarm.Protocol.Smime;

/// <summary>AES key wrap (RFC 3394) on BouncyCastle's engine; the platform offers only the padded variant (RFC 5649).</summary>
internal static class KeyWrap
{
    /// <summary>The wrapped key is longer than the key by this many bytes.</summary>
    public const int Overhead = 8;

    // One engine per thread, keyed anew for every operation: its buffers are the larger part of an operation's allocations.
    [ThreadStatic]
    private static AesWrapEngine? _engine;

    /// <summary>KEK of 16 or 32 bytes, key of 16 or 32 bytes.</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> kek, byte[] key)
    {
        var engine = _engine ??= new AesWrapEngine();
        engine.Init(true, new KeyParameter(kek));
        return engine.Wrap(key, 0, key.Length);
    }

    /// <summary>False when the integrity check value does not come out right.</summary>
    public static bool TryUnwrap(ReadOnlySpan<byte> kek, ReadOnlySpan<byte> wrapped, out byte[] key)
    {
        key = [];
        if (wrapped.Length is not (16 + Overhead or 32 + Overhead))
        {
            return false;
        }

        var engine = _engine ??= new AesWrapEngine();
        engine.Init(false, new KeyParameter(kek));
        try
        {
            key = engine.Unwrap(wrapped.ToArray(), 0, wrapped.Length);
            return true;
        }
        catch (InvalidCipherTextException)
        {
            return false;
        }
    }
}
