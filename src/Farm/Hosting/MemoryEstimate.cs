using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Hosting;

/// <summary>An upper estimate of the memory that a run takes in this process, in bytes.</summary>
/// <remarks>Mailboxes: In virtual time, where they are in memory; else 0.</remarks>
internal sealed record MemoryEstimate(double Base, double Phones, double ReplayCaches, double Ledger, double Mailboxes)
{
    /// <summary>Runtime, actor system, buffers and histograms of an idle farm.</summary>
    private const double BaseBytes = 150e6;

    /// <summary>A phone with actor, registration and one open transaction.</summary>
    private const double BytesPerPhone = 6 * 1024;

    /// <summary>A phone's key material and ticket, present once it sent or received.</summary>
    private const double BytesPerActivePhone = 4 * 1024;

    /// <summary>Packed entries plus the slack of chunks in random order.</summary>
    private const double CacheSlack = 1.6;

    /// <summary>The cache of one sender with its first entries, where senders are kept apart.</summary>
    private const double BytesPerPartition = 310;

    /// <summary>One open or closed message in the ledger: identity, times, outcome, index; and its timestamp in the ranks of its recipient.</summary>
    private const double BytesPerMessage = 136;

    /// <summary>What a stored message takes besides its text: the rest of its protected body, the record, its places in the mailbox.</summary>
    private const double BytesPerStoredMessage = 1500;

    public double Total => Base + Phones + ReplayCaches + Ledger + Mailboxes;

    /// <param name="scenario">What is run.</param>
    /// <param name="messages">Messages sent.</param>
    /// <param name="stored">Messages for phones that are away.</param>
    public static MemoryEstimate Of(Scenario scenario, double messages, double stored = 0)
    {
        var phones = scenario.Subscribers.Count;
        var cache = scenario.ReplayCache;
        // A cache grows with what arrives: never above its capacity, and all of them together never above the messages sent.
        var entries = scenario.Security.Body == BodyKind.Plain || cache.Policy == ReplayPolicyKind.None ? 0
            : Math.Min(messages, (double)phones * cache.CapacityEntries);
        var partitions = cache.Policy == ReplayPolicyKind.PerSender ? Math.Min(entries, (double)phones * Math.Min(cache.SenderPartitions, phones - 1)) : 0;
        var active = Math.Min(phones, 2 * messages);
        return new MemoryEstimate(
            BaseBytes, (phones * BytesPerPhone) + (active * BytesPerActivePhone), (entries * cache.EntryBytes * CacheSlack) + (partitions * BytesPerPartition),
            messages * BytesPerMessage, scenario.Clock == ScenarioClock.Virtual ? stored * (scenario.Traffic.Size.Maximum + BytesPerStoredMessage) : 0);
    }
}
