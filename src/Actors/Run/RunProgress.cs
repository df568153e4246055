namespace UeFarm.Actors.Run;

/// <summary>Where a run stands: stage, index of the phase (-1 before the first), time since the start, time left in the phase.</summary>
public readonly record struct RunProgress(RunStage Stage, int Phase, TimeSpan Elapsed, TimeSpan PhaseLeft);
