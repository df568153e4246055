namespace UeFarm.Protocol.RegEvent;

/// <summary>What last happened to a contact (RFC 3680 section 5.3).</summary>
public enum ContactEvent : byte
{
    Registered,
    Created,
    Refreshed,
    Shortened,
    Expired,
    Deactivated,
    Probation,
    Unregistered,
    Rejected,
}
