using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.TestSupport;

/// <summary>Mailbox records whose content follows from their arrival number, so that another process can check them.</summary>
public static class MailboxRecords
{
    public static readonly DateTimeOffset Epoch = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    public static MailboxRecord Create(
        long arrival, string recipient = "sip:bob@ims.example", int bodyBytes = 1400, TimeSpan? timestamp = null, TimeSpan? expiresIn = null)
    {
        var seconds = arrival % 1_000_000_000; // arrival numbers of a store that was opened before are large
        var ntp = NtpTimestamp.FromUtc(Epoch + (timestamp ?? TimeSpan.FromSeconds(seconds)));
        return new MailboxRecord
        {
            Arrival = arrival,
            Recipient = recipient,
            Timestamp = ntp,
            Position = MailboxPosition.Of(ntp, arrival, oldestFirst: true),
            ArrivedAt = Epoch.AddSeconds(seconds),
            ExpiresAt = Epoch + (expiresIn ?? TimeSpan.FromDays(7)),
            FromUri = "sip:alice@ims.example",
            ToUri = recipient,
            AssertedIdentity = "<sip:alice@ims.example>",
            Date = "Wed, 01 Jul 2026 12:00:00 GMT",
            Expires = "604800",
            ContentType = "multipart/mixed;boundary=mk7d1",
            Body = BodyOf(arrival, bodyBytes),
        };
    }

    public static byte[] BodyOf(long arrival, int bytes)
    {
        var body = new byte[bytes];
        new SeededRandomSource((ulong)arrival).Fill(body);
        return body;
    }
}
