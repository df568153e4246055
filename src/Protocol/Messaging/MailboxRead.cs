namespace UeFarm.Protocol.Messaging;

/// <summary>
/// A question of a mailbox to its store. An answer shows every record whose storing was confirmed before that answer, and none whose removal
/// was asked before the question; of a page, what was removed since the question may be missing too.
/// </summary>
/// <param name="Kind">What is asked.</param>
/// <param name="After">Page: only records behind this position.</param>
/// <param name="ExpiredAt">Expired: only records that expire at or before this time.</param>
/// <param name="Limit">Most records in the answer.</param>
public readonly record struct MailboxRead(MailboxReadKind Kind, MailboxPosition After, DateTimeOffset ExpiredAt, int Limit);
