namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>Why a phone cannot answer a challenge.</summary>
public enum DigestClientFault
{
    None,

    /// <summary>No challenge of an algorithm that the phone's credentials can answer.</summary>
    UnsupportedAlgorithm,

    /// <summary>The network did not prove that it knows K: the next header has an empty response (TS 24.229 clause 5.1.1.5.3).</summary>
    AkaMacMismatch,

    /// <summary>No readable challenge, or an AKA nonce that is not RAND and AUTN.</summary>
    Malformed,
}
