namespace UeFarm.Farm.Scenarios;

/// <summary>How the content key reaches the recipient.</summary>
internal enum KeyTransport
{
    MikeyTicket,
}
