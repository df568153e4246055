using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Sizing;

/// <summary>Plays a valid scenario in virtual time to size its phones' replay caches.</summary>
internal interface IScenarioSizer
{
    /// <summary>Compare: under other rules as well. The same scenario gives the same outcome, byte for byte.</summary>
    SizingOutcome Size(Scenario scenario, bool compare, IProgress<SizingProgress> progress, CancellationToken cancellation);
}
