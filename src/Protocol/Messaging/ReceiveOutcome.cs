namespace UeFarm.Protocol.Messaging;

/// <summary>What became of a received MESSAGE. The names are the reason labels of metrics and reports.</summary>
public enum ReceiveOutcome : byte
{
    /// <summary>Verified, opened, new: shown to the user. 200.</summary>
    Accepted,

    /// <summary>In the replay cache already: a replay, or a delivery repeated after a lost 2xx. 200.</summary>
    Duplicate,

    /// <summary>Older than what the replay cache can tell from a replay. 400 or 200, see <see cref="UeSettings.AnswersStaleWith400"/>.</summary>
    Stale,

    /// <summary>As old as the oldest entry of a full replay cache. Answered as stale.</summary>
    Tie,

    /// <summary>Dated beyond the bound on future timestamps. 400.</summary>
    Future,

    /// <summary>Not the two parts of a protected body. 415.</summary>
    UnsupportedMedia,

    /// <summary>message/cpim, or a delivery report in it, that cannot be read. 400.</summary>
    MalformedCpim,

    /// <summary>No well-formed TRANSFER_INIT. 400.</summary>
    MalformedMikey,

    /// <summary>A TRANSFER_INIT or ticket outside the phone's policy. 493.</summary>
    PolicyRefused,

    /// <summary>T is not in the validity of the ticket, or the KMS resolves it no longer. 493.</summary>
    TicketExpired,

    /// <summary>The KMS does not resolve the ticket for this phone. 403.</summary>
    KmsRefused,

    /// <summary>The KMS did not answer, or too many receptions wait for it already. 480 with Retry-After.</summary>
    KmsUnavailable,

    /// <summary>The MAC of the TRANSFER_INIT does not verify. 493.</summary>
    MacInvalid,

    /// <summary>The CMS object does not open with the key of this TRANSFER_INIT. 493.</summary>
    OpenFailed,

    /// <summary>The signature is wrong, or its certificate is not trusted. 493.</summary>
    BadSignature,

    /// <summary>The TRANSFER_INIT is for somebody else, or its sender does not own the ticket. 493.</summary>
    IdentityMismatch,

    /// <summary>text/plain, which every phone must take (RFC 3428 section 7); nothing about it is protected. 200.</summary>
    PlainAccepted,
}
