using System.Globalization;
using System.Text;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// Delivery reports of an application server (RFC 5438 section 8): who asked for one, and the message that carries it. The request is not protected, so it is
/// believed only where the address in it is the sender that the network vouches for: nobody can have reports sent to somebody else.
/// </summary>
public static class DeliveryReports
{
    /// <summary>Whether the sender of a stored message wants to be told this.</summary>
    public static bool IsWanted(MailboxRecord record, DispositionRequests request)
    {
        ArgumentNullException.ThrowIfNull(record);
        return TryReadRequest(record, out var wrapper) && wrapper!.Requests.HasFlag(request);
    }

    /// <summary>The report about a message, as it comes into its sender's mailbox; arrival, place and expiry are given there. Null: nobody asked.</summary>
    public static MailboxRecord? Compose(MailboxRecord about, ImdnStatus status, string server, IRandomSource random, DateTimeOffset utcNow)
    {
        ArgumentNullException.ThrowIfNull(about);
        ArgumentNullException.ThrowIfNull(random);
        if (!TryReadRequest(about, out var wrapper))
        {
            return null;
        }

        var kind = status is ImdnStatus.Stored or ImdnStatus.Processed ? ImdnKind.Processing : ImdnKind.Delivery;
        var report = new ImdnReport(wrapper!.MessageId!, wrapper.SentAt ?? about.ArrivedAt, kind, status, about.Recipient, about.ToUri);
        var sender = ComparableIdentity.Of(wrapper.From!);
        return new MailboxRecord
        {
            Arrival = 0,
            Recipient = sender,
            Timestamp = NtpTimestamp.FromUtc(utcNow),
            Position = MailboxPosition.Start,
            ArrivedAt = utcNow,
            ExpiresAt = utcNow,
            FromUri = server,
            ToUri = sender,
            AssertedIdentity = $"<{server}>",
            Date = SipDate.Format(utcNow),
            ContentType = CpimMessage.MediaType,
            Body = CpimWriter.Write(new CpimMessage
            {
                From = server,
                To = sender,
                SentAt = utcNow,
                MessageId = random.NextUInt64().ToString("x16", CultureInfo.InvariantCulture),
                ContentType = ImdnReport.MediaType,
                ContentDisposition = ImdnReport.Disposition,
                Content = ImdnXml.Write(report),
            }),
        };
    }

    private static bool TryReadRequest(MailboxRecord record, out CpimMessage? wrapper)
    {
        wrapper = null;
        return record.ContentType.StartsWith(CpimMessage.MediaType, StringComparison.OrdinalIgnoreCase)
            && CpimReader.TryRead(record.Body, out wrapper, out _)
            && wrapper is { IsNotification: false, From: not null, MessageId: not null, Requests: not DispositionRequests.None }
            && CpimWriter.CanCarry(ComparableIdentity.Of(wrapper.From))
            && IsSender(record, wrapper.From);
    }

    private static bool IsSender(MailboxRecord record, string from)
    {
        var wanted = ComparableIdentity.Of(from);
        if (record.AssertedIdentity is null)
        {
            return ComparableIdentity.Of(record.FromUri) == wanted;
        }

        var asserted = new SipListReader(Encoding.UTF8.GetBytes(record.AssertedIdentity));
        while (asserted.MoveNext())
        {
            if (SipNameAddress.TryParse(asserted.Current, out var address) && address.Uri.ToAddressOfRecord() == wanted)
            {
                return true;
            }
        }

        return false;
    }
}
