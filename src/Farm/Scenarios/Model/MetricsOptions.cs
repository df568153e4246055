namespace UeFarm.Farm.Scenarios;

/// <summary>The Prometheus endpoint.</summary>
/// <param name="Port">0: none.</param>
/// <param name="Linger">How long the last values are served after the run, by the live page too.</param>
internal sealed record MetricsOptions(int Port, TimeSpan Linger);
