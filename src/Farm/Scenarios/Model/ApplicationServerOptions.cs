namespace UeFarm.Farm.Scenarios;

/// <summary>The built-in application server.</summary>
/// <remarks>Window: Messages in flight per phone.</remarks>
internal sealed record ApplicationServerOptions(
    DrainOrder Order, int Window, LiveMessages Live, TimeSpan Settle, TimeSpan Expiry, int MaxPerUe, TimeSpan HoldTime, TimeSpan DrainDelay);
