namespace UeFarm.Farm.Scenarios;

/// <summary>Which clock drives the run.</summary>
internal enum ScenarioClock
{
    Real,
    Virtual,
}
