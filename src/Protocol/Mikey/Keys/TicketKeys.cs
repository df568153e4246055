using System.Security.Cryptography;

namespace UeFarm.Protocol.Mikey.Keys;

/// <summary>Keys that follow from the keys of a ticket: MPKi, MPKr, their forks, the key of Vr, and session keys (RFC 6043 sections 5.1 and A.2).</summary>
internal static class TicketKeys
{
    /// <summary>MPKi (constant MpkI) or MPKr (constant MpkR) from MPK and the ticket's RAND; as long as MPK.</summary>
    public static KeyMaterial DeriveProtectionKey(PrfFunction prf, LabelConstant constant, ReadOnlySpan<byte> mpk, ReadOnlySpan<byte> rand)
    {
        Span<byte> label = stackalloc byte[MikeyLabels.MaxRandLabelBytes];
        var length = MikeyLabels.WriteTicket(label, constant, LabelKind.ProtectionKeys, rand);
        return Derive(prf, mpk, label[..length], mpk.Length);
    }

    /// <summary>MPKr' or TGK' from the unforked key and the modifier: identity of IDRr and RANDRkms; as long as the unforked key.</summary>
    public static KeyMaterial Fork(PrfFunction prf, LabelConstant constant, ReadOnlySpan<byte> key, ReadOnlySpan<byte> identity, ReadOnlySpan<byte> randKms)
    {
        var label = new byte[MikeyLabels.ForkLength(identity.Length, randKms.Length)];
        MikeyLabels.WriteFork(label, constant, identity, randKms);
        return Derive(prf, key, label, key.Length);
    }

    /// <summary>auth_key of Vr from the unforked MPKr. Interpretation: the PRF is that of the ticket policy.</summary>
    public static KeyMaterial DeriveResponderVerification(MikeySuite suite, ReadOnlySpan<byte> mpkR)
    {
        Span<byte> label = stackalloc byte[MikeyLabels.MaxRandLabelBytes];
        var length = MikeyLabels.WriteResponderVerification(label);
        return Derive(suite.Prf(), mpkR, label[..length], suite.MacBytes());
    }

    /// <summary>
    /// TEK (constant Tek), or another key of a crypto session, from TGK, TGK' or GTGK. RANDRi enters if H, RANDRr if G; otherwise they are empty.
    /// </summary>
    public static void DeriveSessionKey(
        PrfFunction prf, LabelConstant constant, byte csId, ReadOnlySpan<byte> tgk, ReadOnlySpan<byte> randI, ReadOnlySpan<byte> randR, Span<byte> output)
    {
        Span<byte> label = stackalloc byte[MikeyLabels.MaxRandLabelBytes];
        var length = MikeyLabels.WriteSessionKey(label, constant, csId, randI, randR);
        MikeyPrf.Derive(prf, tgk, label[..length], output);
    }

    private static KeyMaterial Derive(PrfFunction prf, ReadOnlySpan<byte> key, ReadOnlySpan<byte> label, int bytes)
    {
        var derived = new byte[bytes];
        MikeyPrf.Derive(prf, key, label, derived);
        var material = new KeyMaterial(derived);
        CryptographicOperations.ZeroMemory(derived);
        return material;
    }
}
