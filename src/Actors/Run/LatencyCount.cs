namespace UeFarm.Actors.Run;

/// <summary>How many samples of a <see cref="LatencyRecorder"/> lie at one of its steps, so that recorders of several processes are put together without loss.</summary>
public readonly record struct LatencyCount(long Microseconds, long Count);
