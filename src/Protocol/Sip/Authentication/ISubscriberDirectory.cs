using System.Diagnostics.CodeAnalysis;

namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>Who may register. Asked once per request and from several threads at a time: answers must be quick and thread-safe.</summary>
public interface ISubscriberDirectory
{
    /// <summary>By private identity (the digest username). <paramref name="publicIdentity"/> is "sip:user@host". False: unknown.</summary>
    bool TryGet(string privateIdentity, [NotNullWhen(true)] out SubscriberCredentials? credentials, [NotNullWhen(true)] out string? publicIdentity);

    /// <summary>By address of record ("sip:user@host", host in lower case), for clients that name no private identity before they are
    /// challenged. False: unknown.</summary>
    bool TryGetByPublicIdentity(string publicIdentity, [NotNullWhen(true)] out SubscriberCredentials? credentials);
}
