namespace UeFarm.Farm.Scenarios;

/// <summary>What a phone's replay cache holds after the phone restarts.</summary>
internal enum CacheRestart
{
    Restore,
    RejectOlder,
    Empty,
}
