using System.Text;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// Digest authentication for registrar and proxy alike (RFC 3261 sections 22.2 and 22.3): they differ in the header that carries credentials, in the status of a
/// challenge and in what they count.
/// </summary>
internal sealed class CoreAuthenticator(ISubscriberDirectory subscribers, DigestServer digest, SipHeaderId credentialsHeader)
{
    /// <summary>Whether the request proves to come from the user. Interpretation: credentials of somebody else are refused and not challenged, because another
    /// challenge would make some clients try for ever.</summary>
    public CoreAuthentication Authenticate(SipRequest request, string user, Instant now, DateTimeOffset utcNow)
    {
        SubscriberCredentials? credentials;
        if (!CoreRules.TryFindCredentials(request, credentialsHeader, digest.Realm, out var authorization))
        {
            return subscribers.TryGetByPublicIdentity(user, out credentials)
                ? Challenge(credentials, user, DigestVerdict.NoCredentials, now, utcNow)
                : new CoreAuthentication { Outcome = CoreAuthenticationOutcome.UnknownUser };
        }

        if (!subscribers.TryGet(Encoding.UTF8.GetString(authorization.Username), out credentials, out var owned) || owned != user)
        {
            return new CoreAuthentication { Outcome = CoreAuthenticationOutcome.Refused };
        }

        var verdict = digest.Verify(authorization, credentials, request.MethodToken, user, request.Body.Span, now);
        return verdict switch
        {
            DigestVerdict.Accepted => new CoreAuthentication
            {
                Outcome = CoreAuthenticationOutcome.Accepted,
                Authorization = authorization,
                Credentials = credentials,
            },
            DigestVerdict.WrongResponse or DigestVerdict.ResynchronisationRefused => new CoreAuthentication { Outcome = CoreAuthenticationOutcome.Refused },
            _ => Challenge(credentials, user, verdict, now, utcNow),
        };
    }

    private CoreAuthentication Challenge(SubscriberCredentials credentials, string user, DigestVerdict why, Instant now, DateTimeOffset utcNow)
    {
        var (first, second) = digest.CreateChallenges(credentials, user, why == DigestVerdict.Stale, now, utcNow);
        return new CoreAuthentication
        {
            Outcome = CoreAuthenticationOutcome.Challenged,
            FirstChallenge = first,
            SecondChallenge = second,
            IsResynchronised = why == DigestVerdict.Resynchronised,
        };
    }
}
