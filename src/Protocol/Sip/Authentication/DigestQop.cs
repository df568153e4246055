namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>Quality of protection (RFC 7616 section 3.4): absent as in RFC 2069, over the request, or over request and body.</summary>
public enum DigestQop : byte
{
    None,
    Auth,
    AuthInt,
}
