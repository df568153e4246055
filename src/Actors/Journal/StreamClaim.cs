namespace UeFarm.Actors.Journal;

/// <summary>The right to write a stream, until somebody else claims it.</summary>
public sealed record StreamClaim(int Stream, long Epoch);
