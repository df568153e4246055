using UeFarm.Protocol.Cpim;

namespace UeFarm.Protocol.Messaging;

// Delivery reports: a stored message that ends without delivery stays until its report is in its sender's mailbox, and leaves in the same transaction.
public sealed partial class MailboxBehavior
{
    private static readonly TimeSpan ReportRetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>The sender's mailbox answers within milliseconds; one that does not has failed and forgotten the report.</summary>
    private static readonly TimeSpan ReportPatience = TimeSpan.FromSeconds(30);

    private readonly List<PendingReport> _reporting = [];

    /// <summary>
    /// What was stored before this life of the mailbox may have been sent by an earlier one, which forgot: attempts are not written down, as that would cost
    /// every delivery a write. That the phone is away now does not tell: it may have taken the message, left, and its 200 been lost with the process.
    /// </summary>
    private readonly bool _distrustsEarlier;
    private long _firstArrival = long.MaxValue;

    /// <summary>
    /// A delivery report for this mailbox's phone. One that takes the place of a dropped message is stored first, whoever is online: handing it over and removing
    /// that message must be one step. Reports may fill a mailbox by a quarter more than messages, so that a full one still hears what became of its own.
    /// </summary>
    public void HandleReport(MailboxRecord record, object sender, Instant now, DateTimeOffset utcNow)
    {
        NoteArrival(record);
        var message = new ActiveMessage(record) { Sender = sender };
        if (StoredOrStoring >= _settings.MaxMessages + (_settings.MaxMessages / 4))
        {
            Refuse(message, 480, TimeSpan.Zero, MailboxFact.RefusedQuota);
        }
        else if (_storing >= MaxStoring)
        {
            Refuse(message, 503, TimeSpan.Zero, MailboxFact.RefusedStorage);
        }
        else if (record.Replaces == 0 && !_isStopping && CanForwardAtOnce(record, now, utcNow))
        {
            Forward(message, now);
        }
        else
        {
            BeginStoring(message, enforceLimits: false);
        }

        Step(now, utcNow);
    }

    /// <summary>What became of the report about a message of this mailbox: 2xx taken, 503 not now, anything else never.</summary>
    public void HandleReported(long arrival, int status, Instant now, DateTimeOffset utcNow)
    {
        var place = _reporting.FindIndex(pending => pending.Record.Arrival == arrival);
        if (place >= 0)
        {
            var pending = _reporting[place];
            if (status == 503)
            {
                pending.RetryAt = now + ReportRetryDelay;
            }
            else
            {
                _reporting.RemoveAt(place);
                Emit(status is >= 200 and < 300 ? FactOf(pending.Status) : MailboxFact.ReportDropped);
                Forget(arrival, pending.Record.Body.Length);
            }
        }

        Step(now, utcNow);
    }

    /// <summary>Expired messages are taken out in batches: the next one when all of the last are reported.</summary>
    private bool MayDrop => _reporting.Count == 0;

    private void NoteArrival(MailboxRecord record)
    {
        Emit(MailboxFact.Received);
        _firstArrival = Math.Min(_firstArrival, record.Arrival);
    }

    private bool IsReporting(long arrival)
    {
        foreach (var pending in _reporting)
        {
            if (pending.Record.Arrival == arrival)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The end of a stored message without delivery. "Failed" is what the server knows: the phone refused it, or it was never sent. Interpretation: where an
    /// earlier attempt ended otherwise the phone may have it and say so itself, and the two must not contradict each other: "error".
    /// </summary>
    private void Drop(MailboxRecord record, int status, string reason, bool wasAttempted)
    {
        _effects.Enqueue(new MailboxEffect(MailboxEffectKind.Dropped, record, Status: status, Reason: reason));
        StoredCount--;
        if (DeliveryReports.IsWanted(record, DispositionRequests.NegativeDelivery))
        {
            var isUncertain = wasAttempted || (_distrustsEarlier && record.Arrival < _firstArrival);
            _reporting.Add(new PendingReport(record, isUncertain ? ImdnStatus.Error : ImdnStatus.Failed));
        }
        else
        {
            Forget(record.Arrival, record.Body.Length);
        }
    }

    /// <summary>
    /// A courtesy, not a promise: the sender has its 202 already, so that a crash right now loses this report and nothing else.
    /// </summary>
    private void ReportStored(MailboxRecord record)
    {
        if (DeliveryReports.IsWanted(record, DispositionRequests.Processing))
        {
            Emit(MailboxFact.ReportedStored);
            _effects.Enqueue(new MailboxEffect(MailboxEffectKind.Report, record, Report: ImdnStatus.Stored));
        }
    }

    private void SendReports(Instant now)
    {
        foreach (var pending in _reporting)
        {
            if (pending.RetryAt <= now)
            {
                pending.RetryAt = now + ReportPatience;
                _effects.Enqueue(new MailboxEffect(MailboxEffectKind.Report, pending.Record, Arrival: pending.Record.Arrival, Report: pending.Status));
            }
        }
    }

    private static MailboxFact FactOf(ImdnStatus status) => status == ImdnStatus.Failed ? MailboxFact.ReportedFailed : MailboxFact.ReportedError;

    /// <summary>A message that has ended and leaves the store with its report.</summary>
    private sealed class PendingReport(MailboxRecord record, ImdnStatus status)
    {
        public MailboxRecord Record { get; } = record;

        public ImdnStatus Status { get; } = status;

        public Instant RetryAt { get; set; } = new(long.MinValue);
    }
}
