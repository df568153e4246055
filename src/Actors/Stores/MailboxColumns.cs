namespace UeFarm.Actors.Stores;

/// <summary>The columns of a stored message, in the order in which every database writes and reads them. Times are UTC ticks.</summary>
internal static class MailboxColumns
{
    public const string Names =
        "arrival, recipient, sort_key, timestamp, arrived_at, expires_at, from_uri, to_uri, asserted_identity, date, expires, subject, "
        + "content_type, content_encoding, content_disposition, max_forwards, body";
}
