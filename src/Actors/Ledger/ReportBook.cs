using System.Collections.Concurrent;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Ledger;

/// <summary>
/// The delivery reports of a run: which message each protected one is about, found again by the report's own replay digest, and what the books say at the end.
/// Reports are not messages of the schedule and have no entry in the ledger. Thread-safe.
/// </summary>
public sealed class ReportBook
{
    // A node with header, key, value, link and hash, and its bucket.
    private const long BytesPerReport = 56;

    private readonly ConcurrentDictionary<ulong, long> _messages = new();
    private long _count;

    /// <summary>Heap bytes, near enough.</summary>
    public long MemoryBytes => Volatile.Read(ref _count) * BytesPerReport;

    /// <summary>Binds the digest of a report to the message that it is about.</summary>
    public void Bind(ReplayDigest digest, long message)
    {
        if (_messages.TryAdd(digest.Middle, message))
        {
            Interlocked.Increment(ref _count);
        }
    }

    /// <summary>The message that the report with this digest is about; false: no phone of the run sent such a report.</summary>
    public bool TryFind(ReplayDigest digest, out long message) => _messages.TryGetValue(digest.Middle, out message);

    /// <summary>Adds up a closed ledger whose messages asked for these reports.</summary>
    public static ReportTotals Total(RunLedger ledger, ReportRequests asked)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var totals = ReportTotals.None;
        for (long number = 0; asked != ReportRequests.None && number < ledger.Count; number++)
        {
            var entry = ledger.Read(number);
            if (entry.SentTicks == 0)
            {
                continue;
            }

            var isMissing = IsMissing(entry, asked);
            var isWaiting = isMissing && entry.Reports.HasFlag(ReportMarks.Waiting);
            totals = new ReportTotals(
                totals.Asked + 1,
                totals.Delivered + One(entry.Reports.HasFlag(ReportMarks.Delivered)),
                totals.Failed + One(entry.Reports.HasFlag(ReportMarks.Failed)),
                totals.Error + One(entry.Reports.HasFlag(ReportMarks.Error)),
                totals.Stored + One(entry.Reports.HasFlag(ReportMarks.Stored)),
                totals.Waiting + One(isWaiting),
                totals.Lost + One(isMissing && !isWaiting));
        }

        return totals;
    }

    /// <summary>
    /// A report is due for what was accepted, where deliveries were asked for, and for what ended otherwise after its sender had been told that it is taken care of.
    /// A sender who got a refusal as the answer itself needs no report.
    /// </summary>
    private static bool IsMissing(in LedgerEntry entry, ReportRequests asked) => entry.Outcome switch
    {
        MessageOutcome.Accepted => asked == ReportRequests.All && !entry.Reports.HasFlag(ReportMarks.Delivered),
        MessageOutcome.Rejected or MessageOutcome.Expired or MessageOutcome.Failed =>
            entry.IsPromised && (entry.Reports & (ReportMarks.Failed | ReportMarks.Error)) == 0,
        _ => false,
    };

    private static int One(bool isSo) => isSo ? 1 : 0;
}
