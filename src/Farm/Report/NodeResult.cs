namespace UeFarm.Farm.Report;

/// <summary>What one node of a cluster did for the run.</summary>
/// <remarks>
/// Blocks, Phones: The most that it had at a time.
/// HasGone: It left or was lost before the end; the figures are what it said last.
/// CpuSeconds: User and system time of its process since the run began there.
/// PeakWorkingSet: The most memory of its process that was seen, once a second.
/// LagP50Seconds, LagP99Seconds, LagMaxSeconds: How late it handed messages to their phones.
/// </remarks>
internal sealed record NodeResult(
    string Node, string Roles, int Blocks, int Phones, bool HasGone, long Due, long Sent, long Answered, long Accepted, long Rejected, long Failed, long Registrations,
    double CpuSeconds, long PeakWorkingSet, double LagP50Seconds, double LagP99Seconds, double LagMaxSeconds);
