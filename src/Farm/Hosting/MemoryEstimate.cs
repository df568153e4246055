using UeFarm.Farm.Scenarios;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Farm.Hosting;

/// <summary>An upper estimate of the memory that a run takes in this process, in bytes. How far it was measured: docs/performance.md, "Memory of a run".</summary>
/// <remarks>
/// Phones: With all that they keep but tickets and replay caches.
/// Books: Of the run, which keep every message.
/// Mailboxes: Where they are in memory, in virtual time; else what is read of them while they drain.
/// GarbageShare: What may be garbage between two full collections, of what is alive.
/// </remarks>
internal sealed record MemoryEstimate(double Base, double Phones, double Tickets, double ReplayCaches, double Books, double Mailboxes, double GarbageShare)
{
    /// <summary>Resident memory of a program whose farm is idle: runtime, code, actor system, histograms, and the youngest generation before it is collected.</summary>
    private const double BaseBytes = 150e6;

    /// <summary>A phone with actor, registration and one open transaction.</summary>
    private const double BytesPerPhone = 4 * 1024;

    /// <summary>What a phone has besides once it sent or received.</summary>
    private const double BytesPerActivePhone = 4 * 1024;

    /// <summary>Its certificate with its key, most of which is libcrypto's.</summary>
    private const double BytesPerSigner = 8 * 1024;

    /// <summary>A ticket for sending: its keys, the TRANSFER_INIT that all messages under it are made from, whom it is for.</summary>
    private const double BytesPerGranted = 1300;

    /// <summary>A ticket that came with a message: its keys.</summary>
    private const double BytesPerResolved = 550;

    /// <summary>Packed entries plus the slack of chunks in random order.</summary>
    private const double CacheSlack = 1.6;

    /// <summary>The cache of one sender with its first entries, where senders are kept apart.</summary>
    private const double BytesPerPartition = 310;

    /// <summary>One open or closed message in the ledger: identity, times, outcome, index; and its timestamp in the ranks of its recipient.</summary>
    private const double BytesPerMessage = 136;

    /// <summary>What finds the message that a delivery report is about.</summary>
    private const double BytesPerReport = 56;

    /// <summary>An arrival, where all are kept.</summary>
    private const double BytesPerArrival = 52;

    /// <summary>What a stored message takes besides its text: the rest of its protected body, the record, its places in the mailbox.</summary>
    private const double BytesPerStoredMessage = 1500;

    /// <summary>Full collections go on beside the run.</summary>
    private const double GarbageInRealTime = 1;

    private const double GarbageInVirtualTime = 0.5;

    private static readonly MailboxSettings Pages = new();

    public double Total => Base + Alive + Garbage;

    /// <summary>What a full collection leaves, the program itself not counted.</summary>
    public double Alive => Phones + Tickets + ReplayCaches + Books + Mailboxes;

    /// <summary>What no longer lives and is not collected yet.</summary>
    public double Garbage => Alive * GarbageShare;

    /// <param name="scenario">What is run.</param>
    /// <param name="messages">Messages sent.</param>
    /// <param name="stored">Messages for phones that are away, at the same time.</param>
    public static MemoryEstimate Of(Scenario scenario, double messages, double stored = 0)
    {
        var phones = scenario.Subscribers.Count;
        var reports = scenario.Traffic.Reports == ReportPick.All ? messages : 0;
        var active = Math.Min(phones, 2 * messages);
        var isSigned = scenario.Security is { Body: BodyKind.Smime, Sign: SignatureKind.EcdsaP256 };
        var (granted, resolved) = scenario.Security.Body == BodyKind.Plain ? (0, 0) : TicketsOf(scenario, messages, reports);
        var (entries, partitions) = EntriesOf(scenario, messages + reports);
        return new MemoryEstimate(
            BaseBytes,
            (phones * BytesPerPhone) + (active * (BytesPerActivePhone + (isSigned ? BytesPerSigner : 0))),
            (granted * BytesPerGranted) + (resolved * BytesPerResolved),
            (entries * scenario.ReplayCache.EntryBytes * CacheSlack) + (partitions * BytesPerPartition),
            (messages * BytesPerMessage) + (reports * BytesPerReport) + (scenario.Results.Arrivals ? (messages + reports) * BytesPerArrival : 0),
            StoredOf(scenario, stored) * (scenario.Traffic.Size.Maximum + BytesPerStoredMessage),
            scenario.Clock == ScenarioClock.Virtual ? GarbageInVirtualTime : GarbageInRealTime);
    }

    /// <summary>All phones' tickets at the end: one for each that a phone wrote to and that wrote to it, while its caches have room.</summary>
    private static (double Granted, double Resolved) TicketsOf(Scenario scenario, double messages, double reports)
    {
        var phones = scenario.Subscribers.Count;
        var traffic = scenario.Traffic;
        var others = Math.Min(phones - 1, traffic.Pick != RecipientPick.Ring ? phones - 1 : reports > 0 ? 2 : 1);

        // A ticket is used for half of its life at the least; those it replaced stay with the recipient.
        var length = scenario.Phases.Aggregate(TimeSpan.Zero, static (sum, phase) => sum + phase.Length);
        var fromEach = 1 + Math.Floor(length / (UeSettings.DefaultTicketLifetime / 2));
        var (granted, resolved) = (0.0, 0.0);
        foreach (var share in traffic.SharesOf(phones))
        {
            var sent = (messages / phones) + (reports * share);
            var received = (messages * share) + (reports / phones);
            granted += Math.Min(UeSettings.DefaultTicketCacheEntries, Math.Min(others, sent));
            resolved += Math.Min(UeSettings.DefaultTicketCacheEntries, Math.Min(others * fromEach, received));
        }

        return (granted, resolved);
    }

    /// <summary>A cache grows with what arrives: never above its capacity, and all of them together never above what is sent.</summary>
    private static (double Entries, double Partitions) EntriesOf(Scenario scenario, double arriving)
    {
        var phones = scenario.Subscribers.Count;
        var cache = scenario.ReplayCache;
        var entries = scenario.Security.Body == BodyKind.Plain || cache.Policy == ReplayPolicyKind.None ? 0
            : Math.Min(arriving, (double)phones * cache.CapacityEntries);
        return (entries, cache.Policy == ReplayPolicyKind.PerSender ? Math.Min(entries, (double)phones * Math.Min(cache.SenderPartitions, phones - 1)) : 0);
    }

    /// <summary>Stored messages that are in memory at once.</summary>
    private static double StoredOf(Scenario scenario, double stored) => !scenario.Target.ApplicationServer.IsEmbedded ? 0
        : scenario.Clock == ScenarioClock.Virtual ? stored
        : Math.Min(stored, (double)scenario.Subscribers.Count * Pages.PageRecords);
}
