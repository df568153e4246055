namespace UeFarm.Farm.Scenarios;

/// <summary>Where a value was written: line and column of the file (from 1), or the argument that gave it.</summary>
internal readonly record struct ScenarioLocation(int Line, int Column, string? Override = null)
{
    public static readonly ScenarioLocation FileStart = new(1, 1);
}
