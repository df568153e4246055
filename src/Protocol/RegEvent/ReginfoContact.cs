namespace UeFarm.Protocol.RegEvent;

/// <summary>One contact in a registration document.</summary>
/// <param name="Id">Stays the same in all documents about this contact.</param>
/// <param name="IsActive">active or terminated.</param>
/// <param name="Event">What last happened to it.</param>
/// <param name="Uri">Its address.</param>
public sealed record ReginfoContact(string Id, bool IsActive, ContactEvent Event, string Uri);
