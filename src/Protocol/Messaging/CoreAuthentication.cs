using UeFarm.Protocol.Sip.Authentication;

namespace UeFarm.Protocol.Messaging;

/// <summary>The result of a <see cref="CoreAuthenticator"/>; a view of the request that it was asked about.</summary>
internal readonly ref struct CoreAuthentication
{
    public required CoreAuthenticationOutcome Outcome { get; init; }

    /// <summary>With Accepted: what proved the identity, and whose it is.</summary>
    public DigestAuthorization Authorization { get; init; }

    public SubscriberCredentials? Credentials { get; init; }

    /// <summary>With Challenged: one header field each.</summary>
    public string? FirstChallenge { get; init; }

    public string? SecondChallenge { get; init; }

    /// <summary>An AKA sequence number was taken over on the way.</summary>
    public bool IsResynchronised { get; init; }
}
