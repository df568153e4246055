using UeFarm.Actors.Journal;
using UeFarm.Actors.Ledger;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Run;

// Delivery reports. They are no messages of the schedule: what is counted here touches no figure of the ledger.
public sealed partial class RunRecorder
{
    /// <summary>What the reports of the closed ledger came to.</summary>
    public ReportTotals TotalReports() => ReportBook.Total(Ledger, _settings.Reports);

    private void OnReportSent(in RunFact fact)
    {
        Counters.CountReportSent();
        if (fact.Token >= 0)
        {
            Reports.Bind(fact.Digest, fact.Token);
        }
    }

    private void OnReportReceived(in RunFact fact)
    {
        if (fact.Attack is { } kind)
        {
            Counters.CountAttackOutcome(kind, fact.Outcome);
            return;
        }

        RecordArrival(fact);
        if (!IsOpened(fact.Token) || Ledger.Read(fact.Token).Sender != fact.Phone)
        {
            Counters.CountForeignReport();
            return;
        }

        var status = fact.ReportStatus!.Value;
        var mark = MarkOf(status);
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

        Counters.CountReport(status);
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

    private void OnStored(in RunFact fact)
    {
        var number = fact.Token;
        var isReport = number >= 0 || (!Mark(fact.Digest, LedgerMarks.FoundStored) && Reports.TryFind(fact.Digest, out number));
        if (isReport && IsOpened(number))
        {
            Ledger.Update(number, 0, static (ref LedgerEntry entry, int _) => entry.Reports |= ReportMarks.Waiting);
        }
    }

    private bool IsOpened(long number) => number >= 0 && number < Ledger.Count;

    private static ReportMarks MarkOf(ImdnStatus status) => status switch
    {
        ImdnStatus.Delivered => ReportMarks.Delivered,
        ImdnStatus.Failed => ReportMarks.Failed,
        ImdnStatus.Error or ImdnStatus.Forbidden => ReportMarks.Error,
        ImdnStatus.Stored or ImdnStatus.Processed => ReportMarks.Stored,
        _ => ReportMarks.None,
    };
}
