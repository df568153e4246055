namespace UeFarm.Protocol.Messaging;

/// <summary>What the core makes of the credentials in a request.</summary>
internal enum CoreAuthenticationOutcome : byte
{
    Accepted,

    /// <summary>To be answered with the challenges.</summary>
    Challenged,

    /// <summary>A wrong response, or somebody else's identity.</summary>
    Refused,

    /// <summary>No credentials, and no such user to challenge.</summary>
    UnknownUser,
}
