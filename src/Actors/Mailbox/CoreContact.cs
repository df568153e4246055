namespace UeFarm.Actors.Mailbox;

/// <summary>When the server last got an answer from its core, and when the way there last failed. Thread-safe.</summary>
public sealed class CoreContact
{
    private long _answeredTicks;
    private long _failedTicks;

    /// <summary>The core answered a delivery; null: never yet.</summary>
    public DateTimeOffset? LastAnswer => TimeOf(Volatile.Read(ref _answeredTicks));

    /// <summary>A connection to the core ended or could not be made; null: never yet.</summary>
    public DateTimeOffset? LastFailure => TimeOf(Volatile.Read(ref _failedTicks));

    /// <summary>What happened last tells; null: nothing has been tried yet.</summary>
    public bool? IsReachable => (LastAnswer, LastFailure) switch
    {
        (null, null) => null,
        (null, _) => false,
        (_, null) => true,
        var (answer, failure) => answer >= failure,
    };

    internal void NoteAnswer(DateTimeOffset utcNow) => Volatile.Write(ref _answeredTicks, utcNow.UtcTicks);

    internal void NoteFailure(DateTimeOffset utcNow) => Volatile.Write(ref _failedTicks, utcNow.UtcTicks);

    private static DateTimeOffset? TimeOf(long utcTicks) => utcTicks == 0 ? null : new DateTimeOffset(utcTicks, TimeSpan.Zero);
}
