using UeFarm.Farm.Report;

namespace UeFarm.Farm.Hosting;

/// <summary>When a run was, by its own clock, and what it took of this machine.</summary>
/// <remarks>
/// Cpu: Null in virtual time, where it is in Wall.
/// Wall: Null in real time.
/// </remarks>
internal sealed record RunTimes(DateTimeOffset StartedAt, DateTimeOffset EndedAt, TimeSpan? Cpu, WallClockResult? Wall);
