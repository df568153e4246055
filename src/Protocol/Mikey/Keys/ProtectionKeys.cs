using System.Security.Cryptography;

namespace UeFarm.Protocol.Mikey.Keys;

/// <summary>encr_key, auth_key and salt_key of one message or of a base ticket (RFC 6043 sections 5.1.2 and A.2).</summary>
internal sealed class ProtectionKeys : IDisposable
{
    private ProtectionKeys(MikeySuite suite, KeyMaterial encryption, KeyMaterial authentication, KeyMaterial salt)
    {
        Suite = suite;
        Encryption = encryption;
        Authentication = authentication;
        Salt = salt;
    }

    public MikeySuite Suite { get; }

    public KeyMaterial Encryption { get; }

    public KeyMaterial Authentication { get; }

    public KeyMaterial Salt { get; }

    /// <summary>Of a message, from the PSK, MPKi or MPKr'. A RAND that is not used is empty. Interpretation: the PRF is that of the header.</summary>
    public static ProtectionKeys OfMessage(
        MikeySuite suite, ReadOnlySpan<byte> key, LabelKind kind, uint csbId, ReadOnlySpan<byte> randI, ReadOnlySpan<byte> randR)
    {
        Span<byte> label = stackalloc byte[MikeyLabels.MaxRandLabelBytes];
        var length = MikeyLabels.WriteMessage(label, LabelConstant.Encryption, kind, csbId, randI, randR);
        var encryption = Derive(suite, key, label[..length], suite.KeyBytes());
        length = MikeyLabels.WriteMessage(label, LabelConstant.Authentication, kind, csbId, randI, randR);
        var authentication = Derive(suite, key, label[..length], suite.MacBytes());
        length = MikeyLabels.WriteMessage(label, LabelConstant.Salt, kind, csbId, randI, randR);
        return new ProtectionKeys(suite, encryption, authentication, Derive(suite, key, label[..length], MikeySuites.SaltBytes));
    }

    /// <summary>Of a base ticket, from the TPK.</summary>
    public static ProtectionKeys OfTicket(MikeySuite suite, ReadOnlySpan<byte> tpk, ReadOnlySpan<byte> rand)
    {
        Span<byte> label = stackalloc byte[MikeyLabels.MaxRandLabelBytes];
        var length = MikeyLabels.WriteTicket(label, LabelConstant.Encryption, LabelKind.BaseTicket, rand);
        var encryption = Derive(suite, tpk, label[..length], suite.KeyBytes());
        length = MikeyLabels.WriteTicket(label, LabelConstant.Authentication, LabelKind.BaseTicket, rand);
        var authentication = Derive(suite, tpk, label[..length], suite.MacBytes());
        length = MikeyLabels.WriteTicket(label, LabelConstant.Salt, LabelKind.BaseTicket, rand);
        return new ProtectionKeys(suite, encryption, authentication, Derive(suite, tpk, label[..length], MikeySuites.SaltBytes));
    }

    /// <summary>auth_key of an initial message alone, where nothing is encrypted; returns its length.</summary>
    public static int DeriveAuthentication(
        MikeySuite suite, ReadOnlySpan<byte> key, LabelKind kind, uint csbId, ReadOnlySpan<byte> randI, ReadOnlySpan<byte> randR, Span<byte> destination)
    {
        Span<byte> label = stackalloc byte[MikeyLabels.MaxRandLabelBytes];
        var length = MikeyLabels.WriteMessage(label, LabelConstant.Authentication, kind, csbId, randI, randR);
        MikeyPrf.Derive(suite.Prf(), key, label[..length], destination[..suite.MacBytes()]);
        return suite.MacBytes();
    }

    public void Dispose()
    {
        Encryption.Dispose();
        Authentication.Dispose();
        Salt.Dispose();
    }

    private static KeyMaterial Derive(MikeySuite suite, ReadOnlySpan<byte> key, ReadOnlySpan<byte> label, int bytes)
    {
        Span<byte> derived = stackalloc byte[MikeySuites.MaxKeyBytes];
        derived = derived[..bytes];
        MikeyPrf.Derive(suite.Prf(), key, label, derived);
        var material = new KeyMaterial(derived);
        CryptographicOperations.ZeroMemory(derived);
        return material;
    }
}
