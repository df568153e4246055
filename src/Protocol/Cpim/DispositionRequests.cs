namespace UeFarm.Protocol.Cpim;

/// <summary>
/// What the sender of a message wants to be told (imdn.Disposition-Notification, RFC 5438 section 6.2). Values that are not known are passed over.
/// </summary>
[Flags]
public enum DispositionRequests : byte
{
    None = 0,
    PositiveDelivery = 1,
    NegativeDelivery = 2,
    Processing = 4,
    Display = 8,
}
