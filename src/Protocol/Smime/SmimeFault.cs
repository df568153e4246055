namespace UeFarm.Protocol.Smime;

/// <summary>Why a protected body was not opened. The first cause found is reported.</summary>
public enum SmimeFault
{
    None,

    /// <summary>Not a CMS ContentInfo at all.</summary>
    NotCms,

    /// <summary>A CMS type, algorithm or layout outside the profile, such as EnvelopedData (CBC without authentication) or a tag below 12 bytes.</summary>
    UnsupportedType,

    /// <summary>No KEKRecipientInfo, or none with the wanted key identifier.</summary>
    NoRecipient,

    /// <summary>The content key does not come out of the key wrap: wrong KEK, wrong KEK size or altered.</summary>
    UnwrapFailed,

    /// <summary>The ciphertext, nonce, attributes or tag were altered.</summary>
    TagMismatch,

    /// <summary>The digest or the signature does not match.</summary>
    BadSignature,

    /// <summary>The signer's certificate is missing, not issued by the trusted authority, not valid now or names no URI; or nothing is trusted.</summary>
    UntrustedCertificate,

    /// <summary>CMS whose encoding or fields are wrong.</summary>
    Malformed,

    /// <summary>Beyond <see cref="SmimeLimits"/>.</summary>
    TooLarge,

    /// <summary>A signature was asked for and the body is not SignedData.</summary>
    NotSigned,
}
