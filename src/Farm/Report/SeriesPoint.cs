using UeFarm.Actors.Cluster;
using UeFarm.Actors.Run;
using UeFarm.Farm.Hosting;

namespace UeFarm.Farm.Report;

/// <summary>
/// A moment of the run: phones, what is stored and what is under way now, counts since the start, and latencies in seconds since the point before (0 without
/// samples).
/// </summary>
/// <remarks>
/// Stored: Messages in the application server.
/// LagP99: How late the generator was.
/// </remarks>
internal sealed record SeriesPoint(
    double Seconds, string Phase, long Registered, long Offline, long Sent, long Accepted, long Rejected, long Failed, long Expired, long Redelivered,
    long Attacks, long Stored, long InFlight, double DeliveryP50, double DeliveryP99, double LagP99)
{
    public static SeriesPoint Of(ClusterMoment moment, string phase, int phones) => new(
        moment.At.TotalSeconds, phase, moment.Registered, phones - moment.Registered, moment.Sent, moment.Accepted, moment.Rejected, moment.Failed, moment.Expired,
        moment.Redelivered, moment.Attacks, moment.Stored, moment.InFlight, moment.Delivery.P50.TotalSeconds, moment.Delivery.P99.TotalSeconds,
        moment.Lag.P99.TotalSeconds);

    public static SeriesPoint Of(RunSnapshot snapshot, LatencyInterval delivery, LatencyInterval lag) => new(
        Math.Round(snapshot.Elapsed.TotalSeconds, 3), snapshot.PhaseName, snapshot.UesByState.GetValueOrDefault("registered"),
        snapshot.UesByState.GetValueOrDefault("offline"),
        snapshot.Sent, snapshot.Accepted, snapshot.Rejected, snapshot.Failed, snapshot.Expired, snapshot.Redelivered, snapshot.AttacksByKind.Values.Sum(),
        snapshot.Stored, snapshot.MessagesInFlight, delivery.P50.TotalSeconds, delivery.P99.TotalSeconds, lag.P99.TotalSeconds);
}
