namespace UeFarm.Farm.Scenarios;

/// <summary>The order in which a mailbox is delivered.</summary>
internal enum DrainOrder
{
    OldestFirst,
    Arrival,
}
