namespace UeFarm.Farm.Scenarios;

/// <summary>Who writes: phones that are online, or all (what an offline phone should have sent fails as such).</summary>
internal enum SenderPick
{
    Online,
    All,
}
