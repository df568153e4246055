namespace UeFarm.Actors.Stores;

/// <summary>
/// What the database still owes: removals and presence whose transaction failed, and removals of appends whose result is unknown (their
/// senders were refused). Bounded without a limit of its own: nothing is removed that was not read before, and while writes fail nothing is
/// read; of appends one batch can be in doubt; presence has one entry per recipient.
/// </summary>
internal sealed class CarriedWrites
{
    private readonly HashSet<long> _removals = [];
    private readonly Dictionary<string, bool> _presence = new(StringComparer.Ordinal);

    public IReadOnlyCollection<long> Removals => _removals;

    /// <summary>True: online. The latest word on each recipient.</summary>
    public IReadOnlyDictionary<string, bool> Presence => _presence;

    public int Count => _removals.Count + _presence.Count;

    /// <summary>Appends and reads are not carried: whoever asked has been told.</summary>
    public void Add(in MailboxStoreCommand command)
    {
        switch (command.Kind)
        {
            case MailboxStoreCommandKind.Remove:
                _removals.Add(command.Number);
                break;
            case MailboxStoreCommandKind.SetOnline or MailboxStoreCommandKind.SetOffline:
                _presence[command.Recipient!] = command.Kind == MailboxStoreCommandKind.SetOnline;
                break;
        }
    }

    /// <summary>The batch may have been stored although nobody will be told so.</summary>
    public void AddDoubtful(ReadOnlySpan<MailboxStoreCommand> commands)
    {
        foreach (ref readonly var command in commands)
        {
            if (command.Kind == MailboxStoreCommandKind.Append)
            {
                _removals.Add(command.Record!.Arrival);
            }
        }
    }

    public void Clear()
    {
        _removals.Clear();
        _presence.Clear();
    }
}
