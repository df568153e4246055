namespace UeFarm.Actors.Journal;

/// <summary>Waits for facts to become durable. Called on the journal's thread: cheap, thread-safe, without exceptions.</summary>
public interface IRunJournalClient
{
    void OnDurable(long token);

    /// <summary>Somebody else has claimed the stream: nothing of this claim becomes durable any more.</summary>
    void OnFenced(long token);
}
