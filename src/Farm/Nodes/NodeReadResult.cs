using System.Diagnostics.CodeAnalysis;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Nodes;

/// <summary>What a node is to be, or all the mistakes in it.</summary>
internal sealed record NodeReadResult(NodeOptions? Options, IReadOnlyList<ScenarioError> Errors, string SourceName)
{
    [MemberNotNullWhen(true, nameof(Options))]
    public bool IsValid => Options is not null;
}
