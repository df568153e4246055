namespace UeFarm.Protocol.Smime;

/// <summary>Bounds on what is accepted from the network; all are checked before anything of that size is allocated.</summary>
public static class SmimeLimits
{
    /// <summary>One CMS object in bytes; a page-mode message stays far below.</summary>
    public const int MaxCmsBytes = 256 * 1024;

    /// <summary>Nesting of BER elements. SignedData with an X.509 certificate needs 13.</summary>
    public const int MaxDepth = 20;

    /// <summary>BER elements in one CMS object.</summary>
    public const int MaxElements = 4096;

    /// <summary>Recipients tried; each costs one key unwrap.</summary>
    public const int MaxRecipients = 16;

    /// <summary>Certificates looked at in one SignedData; each may cost one signature verification.</summary>
    public const int MaxCertificates = 4;

    /// <summary>One certificate in bytes.</summary>
    public const int MaxCertificateBytes = 8 * 1024;

    /// <summary>Body parts of a multipart body.</summary>
    public const int MaxParts = 8;

    /// <summary>Header bytes of one MIME entity or body part.</summary>
    public const int MaxHeaderBytes = 4096;

    /// <summary>Header fields of one MIME entity or body part.</summary>
    public const int MaxHeaders = 32;

    /// <summary>Verified certificates that one authority remembers (about 3 kB each); the oldest goes first.</summary>
    public const int MaxVerifiedCertificates = 8192;
}
