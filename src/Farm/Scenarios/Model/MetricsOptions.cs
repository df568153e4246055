namespace UeFarm.Farm.Scenarios;

/// <summary>The Prometheus endpoint.</summary>
/// <param name="Port">0: none.</param>
internal sealed record MetricsOptions(int Port);
