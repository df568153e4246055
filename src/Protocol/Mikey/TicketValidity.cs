using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey;

/// <summary>TRs and TRe of a ticket policy; a missing one is no bound (RFC 6043 section 6.10). Both ends belong to the time of validity.</summary>
internal readonly record struct TicketValidity(NtpTimestamp? Start, NtpTimestamp? End)
{
    public DateTimeOffset NotBefore => Start?.ToUtc() ?? DateTimeOffset.MinValue;

    public DateTimeOffset NotAfter => End?.ToUtc() ?? DateTimeOffset.MaxValue;

    public static bool TryRead(TicketPolicy policy, out TicketValidity validity, out MikeyFailure failure)
    {
        validity = default;
        if (!PayloadQueries.TryFindTimestamp(policy.Payloads, TimestampRole.Start, "TP.TRs", out var start, out failure)
            || !PayloadQueries.TryFindTimestamp(policy.Payloads, TimestampRole.End, "TP.TRe", out var end, out failure)
            || !TryConvert(start, "TP.TRs", out var startNtp, out failure)
            || !TryConvert(end, "TP.TRe", out var endNtp, out failure))
        {
            return false;
        }

        validity = new TicketValidity(startNtp, endNtp);
        return true;
    }

    /// <summary>Whether a message with this T was made while the ticket was valid.</summary>
    public bool TryCheck(NtpTimestamp timestamp, out MikeyFailure failure)
    {
        failure = default;
        if (Start is { } start && timestamp < start)
        {
            return MikeyFailure.Set(out failure, MikeyFault.NotYetValid, "T");
        }

        return End is not { } end || timestamp <= end || MikeyFailure.Set(out failure, MikeyFault.Expired, "T");
    }

    private static bool TryConvert(MikeyTimestamp? timestamp, string field, out NtpTimestamp? ntp, out MikeyFailure failure)
    {
        ntp = null;
        failure = default;
        if (timestamp is not { } value)
        {
            return true;
        }

        if (!value.TryGetNtp(out var converted))
        {
            return MikeyFailure.Set(out failure, MikeyFault.BadTimestampType, field);
        }

        ntp = converted;
        return true;
    }
}
