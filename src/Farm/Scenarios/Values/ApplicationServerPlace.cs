namespace UeFarm.Farm.Scenarios;

/// <summary>Where the application server is: in this process, or behind the core.</summary>
internal enum ApplicationServerPlace
{
    Embedded,
    External,
}
