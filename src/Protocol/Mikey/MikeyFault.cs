namespace UeFarm.Protocol.Mikey;

/// <summary>What is wrong with a MIKEY message, a ticket or an answer of the KMS.</summary>
public enum MikeyFault
{
    None,

    /// <summary>A field, or a part announced by a length field, does not fit into what contains it.</summary>
    Truncated,

    /// <summary>Bytes follow the last payload, or the last element of a container.</summary>
    TrailingBytes,

    BadVersion,
    BadDataType,
    MissingPayload,
    DuplicatePayload,

    /// <summary>A payload number without a known layout; it cannot be skipped, so the message is refused.</summary>
    UnknownPayload,

    /// <summary>The flags of a ticket policy contradict each other or the message (RFC 6043 section 6.10).</summary>
    BadFlags,

    BadLength,

    /// <summary>An unknown, NULL or mixed set of algorithms.</summary>
    UnsupportedAlgorithm,

    BadTimestampType,
    MacMismatch,

    /// <summary>The ticket is of another type, does not open, or holds other keys than it must.</summary>
    BadTicket,

    /// <summary>The identity may not have or resolve this ticket.</summary>
    NotAuthorised,

    NotYetValid,
    Expired,
    IdentityMismatch,

    /// <summary>The KMS answered with an authenticated Error message; the field names its number.</summary>
    KmsError,

    /// <summary>A size or count above the limits of <see cref="MikeyLimits"/>.</summary>
    LimitExceeded,

    /// <summary>The crypto session map has an unknown type, or does not fit the security policies of the message.</summary>
    BadMap,

    /// <summary>A payload stands where it must not.</summary>
    MisplacedPayload,

    /// <summary>An identity that is empty, of another type than the profile's, or not UTF-8.</summary>
    BadIdentity,

    /// <summary>Key data that are missing, of a wrong type, length or validity.</summary>
    BadKeyData,

    /// <summary>The ticket policy is valid, but outside the profile or not what was asked for.</summary>
    PolicyNotAcceptable,

    /// <summary>The answer does not belong to this exchange.</summary>
    WrongExchange,

    /// <summary>An Error message without a valid MAC: a hint, not a fact (RFC 6043 section 5.4).</summary>
    UnauthenticatedError,
}
