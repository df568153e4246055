namespace UeFarm.Farm.Scenarios;

/// <summary>What a file and its overrides say, each value checked by itself, and the mistakes found so far.</summary>
/// <param name="Source">What was read.</param>
/// <param name="Values">Null: it could not be read as keys and values at all.</param>
/// <param name="Format">The one that the file is of.</param>
/// <param name="Errors">In the order in which they were found; later checks add to them.</param>
internal sealed record DocumentReadResult(ScenarioSource Source, DocumentFormat Format, ScenarioValues? Values, List<ScenarioError> Errors)
{
    /// <summary>By place in the file, overrides first: the order in which a reader goes through them.</summary>
    public IReadOnlyList<ScenarioError> SortedErrors => [.. Errors.OrderBy(error => error.Location.Line).ThenBy(error => error.Location.Column)];
}
