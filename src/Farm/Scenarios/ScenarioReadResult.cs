using System.Diagnostics.CodeAnalysis;

namespace UeFarm.Farm.Scenarios;

/// <summary>A valid scenario, or all the mistakes in it.</summary>
internal sealed record ScenarioReadResult(Scenario? Scenario, IReadOnlyList<ScenarioError> Errors, ScenarioSource Source)
{
    [MemberNotNullWhen(true, nameof(Scenario))]
    public bool IsValid => Scenario is not null;
}
