using UeFarm.Farm.Hosting;

namespace UeFarm.Farm.Report;

/// <summary>One second of the run; counts are since the start, latencies and lag in seconds.</summary>
internal sealed record SeriesPoint(
    double Seconds, string Phase, long Registered, long Offline, long Sent, long Accepted, long Rejected, long Failed, long Stored, long InFlight,
    double DeliveryP50, double DeliveryP99, double Lag)
{
    public static SeriesPoint Of(RunSnapshot snapshot) => new(
        Math.Round(snapshot.Elapsed.TotalSeconds, 3), snapshot.PhaseName, snapshot.UesByState.GetValueOrDefault("registered"),
        snapshot.UesByState.GetValueOrDefault("offline"),
        snapshot.Sent, snapshot.Accepted, snapshot.Rejected, snapshot.Failed, snapshot.Stored, snapshot.MessagesInFlight, snapshot.Delivery.P50,
        snapshot.Delivery.P99, snapshot.Lag.TotalSeconds);
}
