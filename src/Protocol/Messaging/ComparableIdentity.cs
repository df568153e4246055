using System.Text;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>Identities as texts that are equal when the identities are: addresses of record (RFC 3261 section 19.1.4 without parameters).</summary>
internal static class ComparableIdentity
{
    /// <summary>What is no URI stays as it is.</summary>
    public static string Of(string identity) => SipUri.TryParse(Encoding.UTF8.GetBytes(identity), out var uri) ? uri.ToAddressOfRecord() : identity;
}
