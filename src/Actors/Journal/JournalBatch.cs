namespace UeFarm.Actors.Journal;

/// <summary>Facts that became durable together.</summary>
public sealed record JournalBatch(long Number, long Epoch, IReadOnlyList<RunFact> Facts);
