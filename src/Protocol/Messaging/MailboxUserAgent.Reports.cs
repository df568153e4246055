namespace UeFarm.Protocol.Messaging;

// Delivery reports: those for this mailbox's phone, and the answers to those about its messages.
public sealed partial class MailboxUserAgent
{
    /// <summary>A delivery report for this mailbox's phone. The sender object comes back with the answer to it.</summary>
    public void HandleReport(MailboxRecord report, long replaces, object sender, long arrival, Instant now, DateTimeOffset utcNow)
    {
        ArgumentNullException.ThrowIfNull(report);
        var record = report with
        {
            Arrival = arrival,
            Replaces = replaces,
            Position = MailboxPosition.Of(report.Timestamp, arrival, _settings.OldestFirst),
            ExpiresAt = utcNow + _settings.Expiry,
        };
        _behavior.HandleReport(record, sender, now, utcNow);
        Settle(now, utcNow, 0);
    }

    public void HandleReported(long arrival, int status, Instant now, DateTimeOffset utcNow)
    {
        _behavior.HandleReported(arrival, status, now, utcNow);
        Settle(now, utcNow, 0);
    }
}
