using UeFarm.Actors.Attack;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Mailbox;
using UeFarm.Protocol;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Run;

// Delivery reports. They are no messages of the schedule: what is counted here touches no figure of the ledger.
public sealed partial class RunRecorder
{
    /// <summary>What the reports of the closed ledger came to.</summary>
    public ReportTotals TotalReports() => ReportBook.Total(Ledger, _settings.Reports);

    private void OnReportSent(in UeEffect fact)
    {
        Counters.CountReportSent();
        if (ReportId.TryReadNumber(fact.MessageId!, out var number) && number < Ledger.Count)
        {
            Reports.Bind(fact.Digest, number);
        }
    }

    private void OnReportReceived(int phone, in UeEffect fact, Instant now)
    {
        if (AttackMark.TryRead(fact.Request!.CallId, out var kind))
        {
            Counters.CountAttackOutcome(kind, fact.Outcome);
            return;
        }

        RecordArrival(phone, fact, now);
        if (fact.Token < 0 || fact.Token >= Ledger.Count || Ledger.Read(fact.Token).Sender != phone)
        {
            Counters.CountForeignReport();
            return;
        }

        var mark = MarkOf(fact.Report!.Status);
        var before = Ledger.Update(fact.Token, mark, static (ref LedgerEntry entry, ReportMarks add) =>
        {
            var marks = entry.Reports;
            entry.Reports |= add;
            return marks;
        });
        if (mark != ReportMarks.None && before.HasFlag(mark))
        {
            Counters.CountDuplicateReport();
            return;
        }

        Counters.CountReport(fact.Report.Status);
        const ReportMarks Contradiction = ReportMarks.Delivered | ReportMarks.Failed;
        if (((before | mark) & Contradiction) == Contradiction && (before & Contradiction) != Contradiction)
        {
            Counters.CountContradiction();
        }
    }

    private void OnReportRefused(ReceiveOutcome outcome)
    {
        // A duplicate was taken before, and what waits for the KMS comes again.
        if (outcome is not (ReceiveOutcome.Duplicate or ReceiveOutcome.KmsUnavailable))
        {
            Counters.CountReportRefused();
        }
    }

    private void OnFoundStoredReport(StoredMailboxMessage stored)
    {
        if ((MessageIdentity.TryRead(stored.ContentType, stored.Body, out var digest) && Reports.TryFind(digest, out var number))
            || (MessageIdentity.TryReadReport(stored.ContentType, stored.Body, out var id) && ReportId.TryReadNumber(id, out number) && number < Ledger.Count))
        {
            Ledger.Update(number, 0, static (ref LedgerEntry entry, int _) => entry.Reports |= ReportMarks.Waiting);
        }
    }

    private static ReportMarks MarkOf(ImdnStatus status) => status switch
    {
        ImdnStatus.Delivered => ReportMarks.Delivered,
        ImdnStatus.Failed => ReportMarks.Failed,
        ImdnStatus.Error or ImdnStatus.Forbidden => ReportMarks.Error,
        ImdnStatus.Stored or ImdnStatus.Processed => ReportMarks.Stored,
        _ => ReportMarks.None,
    };
}
