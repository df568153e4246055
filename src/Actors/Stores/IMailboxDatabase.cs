namespace UeFarm.Actors.Stores;

/// <summary>
/// The seam between <see cref="MailboxStore"/> and a database. Used by one thread at a time; throws nothing that the disk or the network can cause.
/// </summary>
internal interface IMailboxDatabase : IDisposable
{
    /// <summary>What was found when the database was opened first.</summary>
    MailboxStoreRecovery Recovery { get; }

    /// <summary>False: the connection is lost; <see cref="TryReopen"/> first.</summary>
    bool IsOpen { get; }

    bool TryReopen(out string problem);

    /// <summary>
    /// One transaction: what is carried, then the commands in their order. Adds one answer per command: the result of a read, null for
    /// everything else. Only a committed batch has answers that count.
    /// </summary>
    MailboxBatchOutcome Execute(CarriedWrites carried, ReadOnlySpan<MailboxStoreCommand> commands, List<object?> answers, out string problem);

    /// <summary>A small piece of the work that keeps the files small; true: there is more of it.</summary>
    bool Tidy();
}
