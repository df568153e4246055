namespace UeFarm.Farm.Scenarios;

/// <summary>How the application server learns whether a phone is registered.</summary>
internal enum PresenceTrigger
{
    ThirdPartyRegister,
    RegEvent,
}
