namespace UeFarm.Actors.Stores;

/// <summary>What a store can be asked; what changes the data comes first.</summary>
internal enum MailboxStoreCommandKind : byte
{
    Append,
    Remove,
    SetOnline,
    SetOffline,
    Read,
    ReadAfter,

    /// <summary>When the oldest message arrived.</summary>
    Oldest,
    Flush,

    /// <summary>Changes nothing, but through the disk: whether that succeeds tells whether the database can be written.</summary>
    Probe,
}
