namespace UeFarm.Protocol.RegEvent;

/// <summary>One address of record in a registration document. A partial document names only the contacts that changed; the state is that of the whole.</summary>
public sealed record ReginfoRegistration(string AddressOfRecord, string Id, RegistrationState State, IReadOnlyList<ReginfoContact> Contacts);
