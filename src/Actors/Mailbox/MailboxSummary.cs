namespace UeFarm.Actors.Mailbox;

/// <summary>A mailbox with messages, or of a recipient who is registered, as an operator sees it in a list.</summary>
/// <param name="Recipient">Address of record.</param>
/// <param name="Messages">Stored messages, those on their way to the phone included.</param>
/// <param name="Bytes">Of their bodies.</param>
/// <param name="IsOnline">The phone is registered, as far as the core has said.</param>
public sealed record MailboxSummary(string Recipient, int Messages, long Bytes, bool IsOnline);
