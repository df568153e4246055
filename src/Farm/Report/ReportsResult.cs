using UeFarm.Actors.Ledger;
using UeFarm.Actors.Run;

namespace UeFarm.Farm.Report;

/// <summary>
/// Delivery reports. Asked: messages sent with a request. Delivered, failed, error, stored: messages whose sender heard so. Waiting: due, and in the application
/// server at the end. Lost: due and nowhere. Unsent: given up by the phone that owed it. Refused: by the phone it was for. Foreign: about no message of who got it.
/// Duplicate: heard before. Contradicting: delivered and failed.
/// </summary>
internal sealed record ReportsResult(
    long Asked, long Delivered, long Failed, long Error, long Stored, long Waiting, long Lost, long Unsent, long Refused, long Foreign, long Duplicate,
    long Contradicting)
{
    public static readonly ReportsResult None = new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public static ReportsResult Of(ReportTotals totals, RunCounters counters) => new(
        totals.Asked, totals.Delivered, totals.Failed, totals.Error, totals.Stored, totals.Waiting, totals.Lost, counters.ReportsUnsent, counters.ReportsRefused,
        counters.ReportsForeign, counters.ReportsDuplicate, counters.ReportsContradicting);
}
