using UeFarm.Benchmarks.Micro;
using UeFarm.Protocol;
using UeFarm.Protocol.Replay;

namespace UeFarm.Benchmarks.Load;

/// <summary>
/// P7, P8: offers to a full replay cache, kept in one or apart for each of as many senders as partitions, and the bytes that it takes, beside a sorted set with
/// a hash set. Medians of five, in CPU time.
/// </summary>
internal static class CacheLoad
{
    private const int Capacity = 41_666;
    private const int Offers = 4 * Capacity;
    private const int Rounds = 5;
    private const int TimestampBytes = 4;
    private const int EntryBytes = TimestampBytes + ReplayDigest.Length;
    private const int Partitions = 64;

    private static readonly ReplayCacheSettings Modified = new() { CapacityEntries = Capacity, TimestampBytes = TimestampBytes };
    private static readonly ReplayCacheSettings PerSender = Modified with { Policy = ReplayPolicy.PerSender, SenderPartitions = Partitions };

    public static void Run()
    {
        Table.Head($"Replay cache, {Capacity} entries of {EntryBytes} bytes, full", "ns per offer", "bytes/entry", "of the entry");
        foreach (var order in (string[])["in order", "random", "just above the oldest", "young and middle by turns"])
        {
            var entries = Entries(order);
            MeasureNaive(entries, order);
            foreach (var (name, settings) in ((string, ReplayCacheSettings)[])[("packed, ", Modified), ("per sender, ", PerSender)])
            {
                var cache = ReplayCaches.Create(settings, new SeededRandomSource(2));
                var time = Time(entries, entry => cache.CheckAndInsert(entry, 0));
                var bytes = (double)cache.MemoryBytes / cache.Count;
                Table.Row(name + order, time, bytes, bytes / EntryBytes);
            }
        }

        Table.Head($"Replay cache for {Capacity} entries of {EntryBytes} bytes, in order, not full", "bytes", "bytes/entry", "of the entry");
        foreach (var (name, settings) in ((string, ReplayCacheSettings)[])[("packed", Modified), ("per sender", PerSender)])
        {
            MeasureMemory(name, settings);
        }
    }

    private static void MeasureMemory(string name, ReplayCacheSettings settings)
    {
        foreach (var held in (int[])[0, 10, 1000])
        {
            var cache = ReplayCaches.Create(settings, new SeededRandomSource(2));
            foreach (var entry in Entries("in order").AsSpan(0, held))
            {
                cache.CheckAndInsert(entry, 0);
            }

            var bytes = (double)cache.MemoryBytes;
            Table.Row($"{name}, {held} entries", bytes, held == 0 ? double.NaN : bytes / held, held == 0 ? double.NaN : bytes / held / EntryBytes);
        }
    }

    /// <summary>A method of its own, so that nothing of one order is still held when the next one's bytes are counted.</summary>
    private static void MeasureNaive(ReplayEntry[] entries, string order)
    {
        var before = GC.GetTotalMemory(true);
        var naive = new NaiveReplayCache(Capacity);
        var time = Time(entries, entry => naive.CheckAndInsert(entry));
        var bytes = (double)(GC.GetTotalMemory(true) - before) / Capacity;
        GC.KeepAlive(naive);
        Table.Row("naive, " + order, time, bytes, bytes / EntryBytes);
    }

    private static ReplayEntry[] Entries(string order)
    {
        var random = new SeededRandomSource(1);
        var senders = Enumerable.Range(0, Partitions).Select(static sender => $"sip:ue{sender:000000}@ims.example").ToArray();
        var entries = new ReplayEntry[Offers];
        for (var i = 0; i < Offers; i++)
        {
            var time = order switch
            {
                "random" => (ulong)i + (random.NextUInt64() % Capacity),

                // Every offer evicts the oldest and comes next to it, the costliest end of an array; each hundred a step up, so that it goes on.
                "just above the oldest" => i % 100 == 0 ? (ulong)(i + Capacity) : (ulong)((i / 100 * 100) + 1),
                "young and middle by turns" => (ulong)(i % 2 == 0 ? i + Capacity : i + (Capacity / 2)),
                _ => (ulong)i,
            };
            entries[i] = new ReplayEntry(time << 32, new ReplayDigest(random.NextUInt64(), random.NextUInt64(), (uint)random.NextUInt64()))
            {
                Sender = senders[(int)(random.NextUInt64() % Partitions)],
            };
        }

        return entries;
    }

    /// <summary>Each round lies later than the one before, so that everything newer than the oldest is taken; two rounds fill and warm up.</summary>
    private static double Time(ReplayEntry[] entries, Func<ReplayEntry, ReplayVerdict> offer)
    {
        var times = new double[Rounds + 2];
        for (var round = 0; round < times.Length; round++)
        {
            var shift = (ulong)round * Offers << 32;
            var start = Environment.CpuUsage.TotalTime;
            foreach (var entry in entries)
            {
                offer(entry with { OrderKey = entry.OrderKey + shift });
            }

            times[round] = (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / Offers;
        }

        return Table.Median(times[2..]);
    }
}
