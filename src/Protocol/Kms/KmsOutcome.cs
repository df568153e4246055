namespace UeFarm.Protocol.Kms;

/// <summary>What became of a request.</summary>
public enum KmsOutcome
{
    /// <summary>REQUEST_RESP.</summary>
    Issued,

    /// <summary>REQUEST_RESP with a policy that is less than what was asked for (K).</summary>
    IssuedChanged,

    /// <summary>RESOLVE_RESP.</summary>
    Resolved,

    /// <summary>An Error message to an authenticated phone.</summary>
    Refused,

    /// <summary>Not a request that can be read: dropped.</summary>
    Malformed,

    /// <summary>The MAC does not verify with the PSK of the named phone: dropped.</summary>
    Unauthenticated,
}
