namespace UeFarm.Protocol.Messaging;

/// <summary>
/// An operator's request to take messages out of one mailbox, and what came of it; comes back with <see cref="MailboxEffectKind.Purged"/> when the
/// whole mailbox was looked through. Filled in by the mailbox; read it only then.
/// </summary>
/// <param name="asker">The owner's own; the mailbox does not look at it.</param>
/// <param name="arrivedBefore">Messages that arrived at the server before this time, and never those that arrive after the request.</param>
public sealed class MailboxPurge(object? asker, DateTimeOffset arrivedBefore)
{
    public object? Asker { get; } = asker;

    public DateTimeOffset ArrivedBefore { get; internal set; } = arrivedBefore;

    /// <summary>Messages taken out.</summary>
    public int Removed { get; internal set; }

    /// <summary>Messages on their way to the phone, which cannot be called back: each is taken out unless the phone takes it.</summary>
    public int UnderWay { get; internal set; }

    /// <summary>How far the mailbox was looked through.</summary>
    internal MailboxPosition LookedThrough { get; set; } = MailboxPosition.Start;
}
