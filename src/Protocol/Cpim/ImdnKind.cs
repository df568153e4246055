namespace UeFarm.Protocol.Cpim;

/// <summary>What a notification is about (RFC 5438 section 7.2.1.2).</summary>
public enum ImdnKind : byte
{
    Delivery,
    Processing,
    Display,
}
