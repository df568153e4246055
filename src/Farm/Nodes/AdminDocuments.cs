namespace UeFarm.Farm.Nodes;

/// <summary>What the admin endpoint answers about health, mailboxes and runs, and what it takes about runs.</summary>
internal static class AdminDocuments
{
    /// <param name="Error">What is wrong with the call, or why it cannot be carried out now.</param>
    public sealed record Refusal(string Error);

    /// <param name="Status">live, ready or not ready.</param>
    /// <param name="Reason">Why not ready.</param>
    /// <param name="Store">Whether the store was written just now.</param>
    /// <param name="Core">reachable, unreachable or not tried; does not count for readiness.</param>
    public sealed record Health(string Status, string? Reason, string? Store, string? Core);

    /// <param name="Mailboxes">By recipient.</param>
    /// <param name="Next">The value of <c>after</c> for the next page; absent: this is the last one.</param>
    public sealed record MailboxPage(IReadOnlyList<MailboxRow> Mailboxes, string? Next);

    /// <param name="Recipient">Address of record.</param>
    /// <param name="Messages">Stored, those on their way to the phone included.</param>
    /// <param name="Bytes">Of their bodies.</param>
    /// <param name="Oldest">Timestamp of the message that is delivered next.</param>
    /// <param name="Online">The core has said that the phone is registered.</param>
    public sealed record MailboxRow(string Recipient, int Messages, long Bytes, DateTimeOffset? Oldest, bool Online);

    public sealed record MailboxDetails(
        string Recipient, int Messages, long Bytes, DateTimeOffset? Oldest, bool Online, IReadOnlyList<MessageRow> First);

    /// <param name="Arrival">Number given at arrival.</param>
    /// <param name="Timestamp">Of its TRANSFER_INIT, or of its arrival.</param>
    /// <param name="ArrivedAt">At this server.</param>
    /// <param name="ExpiresAt">From then on it is not delivered any more.</param>
    /// <param name="From">As its sender wrote it.</param>
    /// <param name="ContentType">Without parameters.</param>
    /// <param name="Bytes">Of the body.</param>
    public sealed record MessageRow(
        long Arrival, DateTimeOffset Timestamp, DateTimeOffset ArrivedAt, DateTimeOffset ExpiresAt, string From, string ContentType, int Bytes);

    /// <param name="Recipient">Address of record.</param>
    /// <param name="ArrivedBefore">What arrived before this time was to go.</param>
    /// <param name="Removed">Messages taken out.</param>
    /// <param name="UnderWay">Messages that are on their way to the phone and go unless it takes them.</param>
    public sealed record PurgeResult(string Recipient, DateTimeOffset ArrivedBefore, int Removed, int UnderWay);

    /// <param name="RunId">The run that was begun or is to stop.</param>
    public sealed record RunAnswer(string RunId);

    /// <param name="Value">Of the knob.</param>
    /// <param name="Within">How long phones take to come or go; absent: as usual.</param>
    public sealed record ChangeOrder(string? Value, string? Within);

    /// <param name="RunId">The run that is changed.</param>
    /// <param name="At">When, in seconds since the start of the first phase.</param>
    /// <param name="What">In a few words.</param>
    public sealed record ChangeAnswer(string RunId, double At, string What);
}
