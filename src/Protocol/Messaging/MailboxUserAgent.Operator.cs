namespace UeFarm.Protocol.Messaging;

// What an operator asks; the mailbox decides.
public sealed partial class MailboxUserAgent
{
    /// <summary>Nothing is on its way to the phone or to the disk, and no sender waits.</summary>
    public bool IsAtRest => _behavior.IsAtRest;

    /// <summary>Bytes of the bodies that are stored or being stored.</summary>
    public long StoredBytes => _behavior.StoredBytes;

    public void HandlePurge(MailboxPurge purge, Instant now, DateTimeOffset utcNow)
    {
        _behavior.HandlePurge(purge, now, utcNow);
        Settle(now, utcNow, 0);
    }

    public void HandleStop(TimeSpan grace, Instant now, DateTimeOffset utcNow)
    {
        _behavior.HandleStop(grace, now, utcNow);
        Settle(now, utcNow, 0);
    }
}
