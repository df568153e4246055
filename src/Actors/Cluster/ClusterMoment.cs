using UeFarm.Actors.Run;

namespace UeFarm.Actors.Cluster;

/// <summary>A moment of a run as its books have it: phones then, counts since the start, latencies since the moment before.</summary>
/// <param name="At">Since the run was submitted.</param>
/// <param name="Phase">Of the schedule; -1: before the first, the number of phases: after the last.</param>
/// <param name="Registered">Phones.</param>
/// <param name="Registering">Phones that were sent online and have no answer yet.</param>
/// <param name="Registrations">That succeeded.</param>
/// <param name="Due">Messages.</param>
/// <param name="Sent">Messages.</param>
/// <param name="Accepted">Messages.</param>
/// <param name="Rejected">Messages.</param>
/// <param name="Failed">Messages.</param>
/// <param name="Expired">Messages.</param>
/// <param name="Redelivered">Messages.</param>
/// <param name="Attacks">Hostile messages sent.</param>
/// <param name="Stored">Messages in the application server, as it last said; from answers and receipts where nobody heard it then.</param>
/// <param name="InFlight">Messages whose sender waits for an answer.</param>
/// <param name="Delivery">How long deliveries took.</param>
/// <param name="Lag">How late the generator was.</param>
public sealed record ClusterMoment(
    TimeSpan At, int Phase, int Registered, int Registering, long Registrations, long Due, long Sent, long Accepted, long Rejected, long Failed, long Expired,
    long Redelivered, long Attacks, long Stored, long InFlight, LatencyInterval Delivery, LatencyInterval Lag);
