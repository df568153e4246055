namespace UeFarm.Protocol.Messaging;

/// <summary>
/// Place of a message in a mailbox's order: the sort key first, the arrival number second (it is unique, so no two are equal).
/// The sort key is 0 when the mailbox delivers in order of arrival; else it is the raw NTP timestamp read as a signed number:
/// the sign bit makes exactly the era-corrected order of <see cref="NtpTimestamp.OrderKey"/>, and databases compare signed.
/// </summary>
public readonly record struct MailboxPosition(long SortKey, long Arrival) : IComparable<MailboxPosition>
{
    /// <summary>Before every message.</summary>
    public static readonly MailboxPosition Start = new(long.MinValue, long.MinValue);

    public static MailboxPosition Of(NtpTimestamp timestamp, long arrival, bool oldestFirst) =>
        new(oldestFirst ? unchecked((long)timestamp.Raw) : 0, arrival);

    public int CompareTo(MailboxPosition other)
    {
        var byKey = SortKey.CompareTo(other.SortKey);
        return byKey != 0 ? byKey : Arrival.CompareTo(other.Arrival);
    }

    public static bool operator <(MailboxPosition left, MailboxPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(MailboxPosition left, MailboxPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(MailboxPosition left, MailboxPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(MailboxPosition left, MailboxPosition right) => left.CompareTo(right) >= 0;
}
