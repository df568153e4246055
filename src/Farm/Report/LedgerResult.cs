namespace UeFarm.Farm.Report;

/// <summary>Where all messages went: sent = accepted + rejected + expired + failed + stored, or some are unaccounted for.</summary>
internal sealed record LedgerResult(long Sent, long Accepted, long Rejected, long Expired, long Failed, long Stored, long Redelivered)
{
    public long Unaccounted => Sent - Accepted - Rejected - Expired - Failed - Stored;
}
