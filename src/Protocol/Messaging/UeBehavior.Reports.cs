using System.Globalization;
using System.Text;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

/// <summary>Delivery reports (RFC 5438): asking for them, sending one for each message taken that asks, and knowing one's own again.</summary>
public sealed partial class UeBehavior
{
    private const DispositionRequests EverythingAboutDelivery =
        DispositionRequests.PositiveDelivery | DispositionRequests.NegativeDelivery | DispositionRequests.Processing;

    /// <summary>Of a message that asks for reports an identifier that comes back in them; else the farm's number.</summary>
    private string MessageIdOf(UeSend send)
    {
        if (_settings.Reports == ReportRequests.None || send.Report is not null)
        {
            return send.SendId.ToString(CultureInfo.InvariantCulture);
        }

        if (_durable.ReportKey is not { } key)
        {
            key = new byte[ReportId.KeyBytes];
            _random.Fill(key);
            _durable.ReportKey = key;
        }

        return ReportId.Create(key, send.SendId, send.Recipient);
    }

    /// <summary>Puts a finished body into the wrapper that asks (see <see cref="MessageBody"/>).</summary>
    private void AskForReports(UeSend send, string messageId)
    {
        if (_settings.Reports == ReportRequests.None || send.Report is not null)
        {
            return;
        }

        send.Body = CpimWriter.Write(new CpimMessage
        {
            From = _profile.PublicIdentity,
            To = send.Recipient,
            SentAt = send.Timestamp.ToUtc(),
            MessageId = messageId,
            Requests = _settings.Reports == ReportRequests.All ? EverythingAboutDelivery : DispositionRequests.NegativeDelivery,
            ContentType = send.ContentType,
            Content = send.Body,
        });
        send.ContentType = CpimMessage.MediaType;
    }

    /// <summary>
    /// After the 2xx to a message that was taken: "delivered" if its sender asked for it. The wrapper is not protected, so it is believed only where it agrees with
    /// what is: same sender, same identifier. At most one report goes out per message taken, to its authenticated sender, and none that asks for another.
    /// </summary>
    private void AnswerRequest(CpimMessage? wrapper, string? protectedId, string sender, Instant now, DateTimeOffset utcNow)
    {
        if (wrapper is not { From: { } from, MessageId: { } id } || !wrapper.Requests.HasFlag(DispositionRequests.PositiveDelivery)
            || !string.Equals(id, protectedId, StringComparison.Ordinal) || ComparableIdentity.Of(from) != ComparableIdentity.Of(sender) || !MaySendTo(sender))
        {
            return;
        }

        _effects.Enqueue(new UeEffect(UeEffectKind.ReportDue, MessageId: id));
        if (Traffic.ReportCount >= _settings.MaxQueuedReports)
        {
            _effects.Enqueue(new UeEffect(UeEffectKind.ReportEnded, MessageId: id, Failure: SendFailure.QueueFull));
            return;
        }

        var own = _profile.PublicIdentity;
        var report = new ImdnReport(id, wrapper.SentAt ?? utcNow, ImdnKind.Delivery, ImdnStatus.Delivered, own, wrapper.To ?? own);
        var cpim = CpimWriter.Write(new CpimMessage
        {
            From = own,
            To = sender,
            SentAt = utcNow,
            MessageId = _random.NextUInt64().ToString("x16", CultureInfo.InvariantCulture),
            ContentType = ImdnReport.MediaType,
            ContentDisposition = ImdnReport.Disposition,
            Content = ImdnXml.Write(report),
        });
        Begin(new UeSend(-1, sender, default) { CallId = _random.NextUInt64(), Report = cpim, ReportOf = id }, now, utcNow);
    }

    /// <summary>A protected report: who sent it is authenticated, and it is about a message to just that one.</summary>
    private void TakeReport(SipServerTransaction transaction, ReceivedTransferInit received, in ReplayEntry entry, string? signer, ImdnReport report, Instant now)
    {
        var isOneIdentity = signer is null || string.Equals(signer, received.Initiator, StringComparison.Ordinal);
        _effects.Enqueue(new UeEffect(
            UeEffectKind.ReportReceived, Outcome: ReceiveOutcome.Accepted, Timestamp: received.Timestamp, Digest: received.Digest, Request: transaction.Request,
            Report: report, Token: isOneIdentity ? NumberOf(report, received.Initiator) : -1, Sender: entry.Sender));
        Respond(transaction, 200, now);
    }

    /// <summary>
    /// A report without protection, as an application server must send it: it has no ticket. Believed is what the network asserts about its sender, and it may
    /// only tell of trouble or storing; that a phone took a protected message, that phone must say under protection.
    /// </summary>
    private void AcceptPlainReport(SipServerTransaction transaction, in MessageBody body, Instant now)
    {
        if (!ImdnXml.TryRead(body.Content, out var report, out _))
        {
            Refuse(transaction, null, ReceiveOutcome.MalformedCpim, now);
            return;
        }

        var isByRecipient = report!.Status is ImdnStatus.Delivered or ImdnStatus.Displayed;
        var subject = isByRecipient ? body.Wrapper?.From : report.OriginalRecipientUri ?? report.RecipientUri;
        var isTrusted = IsAsserted(transaction.Request, body.Wrapper?.From) && (!isByRecipient || _settings.Protection == BodyProtection.Plain);
        _effects.Enqueue(new UeEffect(
            UeEffectKind.ReportReceived, Outcome: ReceiveOutcome.PlainAccepted, Request: transaction.Request, Report: report,
            Token: isTrusted && subject is not null ? NumberOf(report, subject) : -1));
        Respond(transaction, 200, now);
    }

    private long NumberOf(ImdnReport report, string recipient) =>
        _durable.ReportKey is { } key && ReportId.TryVerify(key, report.MessageId, recipient, out var number) ? number : -1;

    /// <summary>The identity in a wrapper if the network vouches for it, else the one in From.</summary>
    private static string SenderOf(SipRequest request, CpimMessage wrapper) =>
        IsAsserted(request, wrapper.From) ? wrapper.From! : Encoding.UTF8.GetString(request.From.UriText);

    private static bool IsAsserted(SipRequest request, string? identity)
    {
        if (identity is null || !request.TryGetHeader(SipHeaderId.PAssertedIdentity, out _))
        {
            return false;
        }

        var wanted = ComparableIdentity.Of(identity);
        foreach (var value in request.GetValues(SipHeaderId.PAssertedIdentity))
        {
            if (SipNameAddress.View(value) is { } asserted && ComparableIdentity.Of(Encoding.UTF8.GetString(asserted.UriText)) == wanted)
            {
                return true;
            }
        }

        return false;
    }
}
