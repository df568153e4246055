namespace UeFarm.Actors.Journal;

/// <summary>
/// Who owns a stream, and how far it is complete. CompleteTicks: no fact with an earlier time will be added by this owner (an idle owner moves it too, about once a second).
/// LastBatch: the number of the newest batch, 0 for none.
/// </summary>
public sealed record StreamState(int Stream, long Epoch, string Owner, long CompleteTicks, long LastBatch);
