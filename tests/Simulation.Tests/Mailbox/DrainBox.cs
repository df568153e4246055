using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Simulation.Tests.Mailbox;

/// <summary>One phone's mailbox in a <see cref="DrainWorld"/>, and what the store holds of it.</summary>
internal sealed class DrainBox(int phone, MailboxSettings settings, IRandomSource random)
{
    private readonly HashSet<long> _handedOut = [];

    public int Phone { get; } = phone;

    public MailboxBehavior Behavior { get; } = new(settings, random, MailboxInventory.Empty);

    public SortedList<MailboxPosition, MailboxRecord> Stored { get; } = [];

    public Dictionary<MailboxFact, int> Facts { get; } = [];

    public (long Arrival, int Attempt)? InFlight { get; set; }

    public long ArmedFor { get; set; } = long.MaxValue;

    public int Count(MailboxFact fact) => Facts.GetValueOrDefault(fact);

    public MailboxRecord CreateRecord(long arrival, DateTimeOffset sent, DateTimeOffset arrived, DateTimeOffset expires)
    {
        var timestamp = NtpTimestamp.FromUtc(sent);
        return new MailboxRecord
        {
            Arrival = arrival,
            Recipient = "sip:bob@ims.example",
            Timestamp = timestamp,
            Position = MailboxPosition.Of(timestamp, arrival, settings.OldestFirst),
            ArrivedAt = arrived,
            ExpiresAt = expires,
            FromUri = "sip:alice@ims.example",
            ToUri = "sip:bob@ims.example",
            ContentType = "text/plain",
            Body = "hello"u8.ToArray(),
        };
    }

    public bool Take(long arrival)
    {
        _handedOut.Remove(arrival);
        var index = Stored.Values.Select(static (record, at) => (record.Arrival, at)).FirstOrDefault(entry => entry.Arrival == arrival, (0, -1)).Item2;
        if (index >= 0)
        {
            Stored.RemoveAt(index);
        }

        return index >= 0;
    }

    public MailboxReadResult Read(MailboxRead question)
    {
        var found = Stored.Values
            .Where(record => question.Kind == MailboxReadKind.Page ? record.Position > question.After : record.ExpiresAt <= question.ExpiredAt)
            .Take(question.Limit).ToList();
        _handedOut.UnionWith(found.Select(static record => record.Arrival));
        var left = Stored.Values.Where(record => record.ExpiresAt > question.ExpiredAt).ToList();
        var inventory = left.Count == 0
            ? MailboxInventory.Empty
            : new MailboxInventory(left.Count, 0, found.Count == question.Limit ? question.ExpiredAt : left.Min(static record => record.ExpiresAt));
        return new MailboxReadResult(question.Kind, true, found, inventory);
    }

    /// <summary>Nothing older waits that was confirmed before now; a late arrival in the same moment is still on its way to the disk.</summary>
    public void AssertOldest(MailboxRecord record)
    {
        var oldest = Stored.Count > 0 ? Stored.Values[0] : record;
        Assert.True(oldest.Position >= record.Position, $"{record.Position} went before {oldest.Position}");
    }

    /// <summary>
    /// Bodies that the mailbox asked for and has not got rid of: a page and the quarter that was left of the one before, whatever the backlog.
    /// </summary>
    public void AssertLittleMemory()
    {
        if (Behavior.InFlight > 0)
        {
            Assert.InRange(_handedOut.Count(arrival => arrival != InFlight?.Arrival), 0, DrainWorld.PageRecords + (DrainWorld.PageRecords / 4) + 1);
        }
    }
}
