using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Hosting;

/// <summary>What to run, and where its files go.</summary>
/// <remarks>Results: Exists and is this run's own; the runner streams ledger.csv and arrivals.csv into it, the caller writes result.json.</remarks>
internal sealed record RunRequest(Scenario Scenario, ScenarioSource Source, ResultsFolder Results);
