using System.Globalization;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>Makes the record of a received MESSAGE.</summary>
public static class MailboxRecordReader
{
    /// <summary>
    /// Reads what is kept. Expiry: Date + Expires, without a Date arrival + Expires (RFC 3428 section 4), but never later than arrival + the server's own: how
    /// long a relay keeps what is not its own is its policy (section 7). A header that cannot be read counts as absent.
    /// </summary>
    public static MailboxRecord Read(SipRequest request, string recipient, long arrival, MailboxSettings settings, DateTimeOffset utcNow)
    {
        var contentType = request.GetHeaderText(SipHeaderId.ContentType) ?? string.Empty;
        var date = request.GetHeaderText(SipHeaderId.Date);
        var expires = request.GetHeaderText(SipHeaderId.Expires);
        var timestamp = ReadTimestamp(request, utcNow);
        return new MailboxRecord
        {
            Arrival = arrival,
            Recipient = recipient,
            Timestamp = timestamp,
            Position = MailboxPosition.Of(timestamp, arrival, settings.OldestFirst),
            ArrivedAt = utcNow,
            ExpiresAt = ReadExpiry(date, expires, settings.Expiry, utcNow),
            FromUri = request.From.Uri.ToString()!,
            ToUri = request.To.Uri.ToString()!,
            ContentType = contentType,
            Body = request.Body,
            MaxForwards = request.MaxForwards < 0 ? 70 : request.MaxForwards - 1,
            AssertedIdentity = JoinValues(request, SipHeaderId.PAssertedIdentity),
            Date = date,
            Expires = expires,
            ContentTransferEncoding = request.GetHeaderText(SipHeaderId.ContentTransferEncoding),
            ContentDisposition = request.GetHeaderText(SipHeaderId.ContentDisposition),
            Subject = request.GetHeaderText(SipHeaderId.Subject),
        };
    }

    /// <summary>T as the sender protected it; readable without keys. The arrival time when there is none.</summary>
    private static NtpTimestamp ReadTimestamp(SipRequest request, DateTimeOffset utcNow)
    {
        if (request.TryGetHeader(SipHeaderId.ContentType, out var contentType)
            && MessageBody.TryOpen(contentType, request.Body, out var body, out _)
            && body.TrySplit(out var mikey, out _)
            && ReceivedTransferInit.TryParse(mikey, out var received, out _))
        {
            return received!.Timestamp;
        }

        return NtpTimestamp.FromUtc(utcNow);
    }

    private static DateTimeOffset ReadExpiry(string? date, string? expires, TimeSpan longest, DateTimeOffset utcNow)
    {
        var latest = Add(utcNow, longest);
        if (!uint.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return latest;
        }

        var from = DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var sent) ? sent : utcNow;
        var wanted = Add(from, TimeSpan.FromSeconds(seconds));
        return wanted < latest ? wanted : latest;
    }

    private static DateTimeOffset Add(DateTimeOffset from, TimeSpan span) =>
        DateTimeOffset.MaxValue - from < span ? DateTimeOffset.MaxValue : from + span;

    private static string? JoinValues(SipRequest request, SipHeaderId id)
    {
        if (!request.TryGetHeader(id, out _))
        {
            return null;
        }

        var values = request.GetValues(id);
        return values.Count == 1
            ? System.Text.Encoding.UTF8.GetString(values[0].Span)
            : string.Join(", ", values.Select(value => System.Text.Encoding.UTF8.GetString(value.Span)));
    }
}
