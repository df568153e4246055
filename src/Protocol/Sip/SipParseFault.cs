namespace UeFarm.Protocol.Sip;

/// <summary>Why a message was refused.</summary>
public enum SipParseFault : byte
{
    /// <summary>Start line, line end, header name or the end of the header section is malformed.</summary>
    Syntax,

    /// <summary>A limit of <see cref="SipLimits"/> is exceeded.</summary>
    TooLarge,

    /// <summary>A field that every message needs is absent (RFC 3261 section 8.1.1).</summary>
    MissingHeader,

    /// <summary>A field that may occur once occurs again.</summary>
    DuplicateHeader,

    /// <summary>A field's value is malformed or out of range.</summary>
    BadValue,

    /// <summary>The method of CSeq is not that of the request line.</summary>
    MethodMismatch,

    /// <summary>Another version than SIP/2.0.</summary>
    Version,

    /// <summary>Content-Length promises more than there is.</summary>
    BodyTruncated,
}
