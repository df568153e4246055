namespace UeFarm.Farm.Scenarios;

/// <summary>Which files are written besides <c>result.json</c>.</summary>
internal sealed record ResultOptions(bool Arrivals, bool Ledger);
