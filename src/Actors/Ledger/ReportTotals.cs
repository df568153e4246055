namespace UeFarm.Actors.Ledger;

/// <summary>
/// The reports on the messages of a closed ledger; all zero when none was asked for. Asked: messages sent with a request. Delivered, Failed, Error, Stored: messages
/// whose sender heard so. Waiting: messages whose due report the application server still holds. Lost: messages whose end is known and whose due report is nowhere.
/// </summary>
public sealed record ReportTotals(long Asked, long Delivered, long Failed, long Error, long Stored, long Waiting, long Lost)
{
    public static readonly ReportTotals None = new(0, 0, 0, 0, 0, 0, 0);
}
