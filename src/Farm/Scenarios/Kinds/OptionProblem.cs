namespace UeFarm.Farm.Scenarios;

/// <summary>Why a value is refused and what to write instead.</summary>
internal readonly record struct OptionProblem(string Problem, string Remedy);
