using System.Globalization;
using Microsoft.Data.Sqlite;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>Reading: what was removed is not there, whether or not its row is.</summary>
internal sealed partial class SqliteMailboxDatabase
{
    private static MailboxStoreRecovery Recover(SqliteConnection connection)
    {
        var generation = ArrivalNumbers.NextGeneration(
            SqliteSchema.Scalar(connection, "SELECT generation FROM store"), SqliteSchema.Scalar(connection, "SELECT ifnull(max(arrival), 0) FROM messages"));
        SqliteSchema.Run(connection, string.Create(CultureInfo.InvariantCulture, $"UPDATE store SET generation = {generation}"));

        var handle = connection.Handle!;
        var backlogs = new Dictionary<string, MailboxInventory>(StringComparer.Ordinal);
        using var counts = new SqliteStatement(
            handle, $"SELECT recipient, count(*), total(body_bytes), min(expires_at) FROM messages WHERE {Held} GROUP BY recipient");
        while (counts.Step())
        {
            backlogs.Add(counts.Text(0)!, new MailboxInventory((int)counts.Int64(1), counts.Int64(2), TimeOf(counts.Int64(3))));
        }

        var online = new HashSet<string>(StringComparer.Ordinal);
        using var presence = new SqliteStatement(handle, "SELECT recipient FROM presence");
        while (presence.Step())
        {
            online.Add(presence.Text(0)!);
        }

        return new MailboxStoreRecovery(ArrivalNumbers.HighestBefore(generation), backlogs, online);
    }

    private MailboxReadResult Read(string recipient, MailboxRead read)
    {
        switch (read.Kind)
        {
            case MailboxReadKind.Page:
                _page.Bind(1, recipient).Bind(2, read.After.SortKey).Bind(3, read.After.Arrival);
                return new MailboxReadResult(read.Kind, true, ReadRows(_page, read.Limit), default);
            case MailboxReadKind.Expired:
                var expired = ReadRows(_expired.Bind(1, recipient).Bind(2, read.ExpiredAt.UtcTicks), read.Limit);
                return expired.Count < read.Limit
                    ? new MailboxReadResult(read.Kind, true, expired, ReadInventory(recipient, read.ExpiredAt.UtcTicks))
                    : MailboxReadResult.ExpiredInPart(expired, read.ExpiredAt);
            default:
                return new MailboxReadResult(read.Kind, true, [], ReadInventory(recipient, long.MinValue));
        }
    }

    private MailboxInventory ReadInventory(string recipient, long expiresAfter)
    {
        _inventory.Bind(1, recipient).Bind(2, expiresAfter).Step();
        var inventory = _inventory.Int64(0) == 0
            ? MailboxInventory.Empty
            : new MailboxInventory((int)_inventory.Int64(0), _inventory.Int64(1), TimeOf(_inventory.Int64(2)));
        _inventory.Reset();
        return inventory;
    }

    /// <summary>By arrival, which is the order of the rows; passes over removed ones, of which there are a few thousand at most.</summary>
    private DateTimeOffset? ReadOldest()
    {
        DateTimeOffset? oldest = null;
        while (oldest is null && _oldest.Step())
        {
            oldest = _removals.Contains(_oldest.Int64(0)) ? null : TimeOf(_oldest.Int64(1));
        }

        _oldest.Reset();
        return oldest;
    }

    /// <summary>The statement names no limit: rows of removed messages do not count.</summary>
    private List<MailboxRecord> ReadRows(SqliteStatement rows, int most)
    {
        var records = new List<MailboxRecord>();
        while (records.Count < most && rows.Step())
        {
            var arrival = rows.Int64(0);
            if (_removals.Contains(arrival))
            {
                continue;
            }

            records.Add(new MailboxRecord
            {
                Arrival = arrival,
                Recipient = rows.Text(1)!,
                Position = new MailboxPosition(rows.Int64(2), arrival),
                Timestamp = new NtpTimestamp(unchecked((ulong)rows.Int64(3))),
                ArrivedAt = TimeOf(rows.Int64(4)),
                ExpiresAt = TimeOf(rows.Int64(5)),
                FromUri = rows.Text(6)!,
                ToUri = rows.Text(7)!,
                AssertedIdentity = rows.Text(8),
                Date = rows.Text(9),
                Expires = rows.Text(10),
                Subject = rows.Text(11),
                ContentType = rows.Text(12)!,
                ContentTransferEncoding = rows.Text(13),
                ContentDisposition = rows.Text(14),
                MaxForwards = (int)rows.Int64(15),
                Body = rows.Blob(16),
            });
        }

        rows.Reset();
        return records;
    }

    private static DateTimeOffset TimeOf(long utcTicks) => new(utcTicks, TimeSpan.Zero);
}
