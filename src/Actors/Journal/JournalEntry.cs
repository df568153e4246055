namespace UeFarm.Actors.Journal;

/// <summary>
/// What a commit does for one claim. Segment: null when there is nothing new but the time up to which the stream is complete. Number: of the batch, or of the last one
/// where there is none. CompleteTicks: 0 where nothing can be said.
/// </summary>
internal sealed record JournalEntry(JournalStream Stream, JournalSegment? Segment, long Number, long CompleteTicks);
