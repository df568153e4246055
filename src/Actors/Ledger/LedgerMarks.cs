namespace UeFarm.Actors.Ledger;

/// <summary>Facts about a message that are yes or no.</summary>
[Flags]
public enum LedgerMarks : byte
{
    None = 0,

    /// <summary>A phone refused it (the reason stands in the entry).</summary>
    Refused = 1,

    /// <summary>The application server dropped it as expired.</summary>
    DroppedExpired = 2,

    /// <summary>The application server dropped it as undeliverable.</summary>
    DroppedUndeliverable = 4,

    /// <summary>Found in the application server's store at the end.</summary>
    FoundStored = 8,

    /// <summary>A replay cache judged it for the first time: it has its overtake rank.</summary>
    Ranked = 16,

    /// <summary>An operator took it out of the application server's store.</summary>
    DroppedPurged = 32,
}
