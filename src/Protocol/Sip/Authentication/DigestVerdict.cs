namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>What a server makes of credentials.</summary>
public enum DigestVerdict : byte
{
    Accepted,

    /// <summary>None for this realm, or empty ones: challenge.</summary>
    NoCredentials,

    /// <summary>The password is right, the nonce is old, used up or of an earlier run: challenge with stale=true.</summary>
    Stale,

    /// <summary>The response does not fit a nonce that we gave out: refuse.</summary>
    WrongResponse,

    /// <summary>AKA: the sequence number was taken over from AUTS: challenge anew.</summary>
    Resynchronised,

    /// <summary>AKA: AUTS does not verify: refuse.</summary>
    ResynchronisationRefused,
}
