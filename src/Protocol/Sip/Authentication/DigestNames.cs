using System.Text;

namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>The tokens of algorithms and qop values on the wire; compared without regard to case.</summary>
internal static class DigestNames
{
    public static string Of(DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => "MD5",
        DigestAlgorithm.Sha256 => "SHA-256",
        _ => "AKAv1-MD5",
    };

    /// <summary>An absent algorithm means MD5 (RFC 7616 section 3.3).</summary>
    public static bool TryParseAlgorithm(ReadOnlySpan<byte> token, out DigestAlgorithm algorithm)
    {
        algorithm = DigestAlgorithm.Md5;
        if (token.IsEmpty || Ascii.EqualsIgnoreCase(token, "MD5"u8))
        {
            return true;
        }

        if (Ascii.EqualsIgnoreCase(token, "SHA-256"u8))
        {
            algorithm = DigestAlgorithm.Sha256;
            return true;
        }

        algorithm = DigestAlgorithm.AkaV1Md5;
        return Ascii.EqualsIgnoreCase(token, "AKAv1-MD5"u8);
    }

    public static bool TryParseQop(ReadOnlySpan<byte> token, out DigestQop qop)
    {
        qop = token.IsEmpty ? DigestQop.None : Ascii.EqualsIgnoreCase(token, "auth-int"u8) ? DigestQop.AuthInt : DigestQop.Auth;
        return qop != DigestQop.Auth || Ascii.EqualsIgnoreCase(token, "auth"u8);
    }

    public static ReadOnlySpan<byte> BytesOf(DigestQop qop) => qop switch
    {
        DigestQop.Auth => "auth"u8,
        DigestQop.AuthInt => "auth-int"u8,
        _ => default,
    };
}
