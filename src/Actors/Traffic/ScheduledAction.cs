using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Traffic;

/// <summary>
/// One entry of the schedule. <paramref name="At"/> counts from the start of the first phase. Phone and Recipient are indices;
/// Phase is the index of the phase; TextBytes and TextOffset name the slice of the run's text that is sent.
/// </summary>
public readonly record struct ScheduledAction(
    TimeSpan At,
    ScheduledActionKind Kind,
    int Phase,
    int Phone = -1,
    int Recipient = -1,
    int TextBytes = 0,
    int TextOffset = 0,
    OfflineKind Cut = OfflineKind.Clean);
