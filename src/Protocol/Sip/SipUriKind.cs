namespace UeFarm.Protocol.Sip;

/// <summary>Which grammar a URI follows; <see cref="Other"/> is opaque, so that a server can answer 416 to it.</summary>
public enum SipUriKind : byte
{
    Other,
    Sip,
    Sips,
    Tel,
}
