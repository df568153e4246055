using BenchmarkDotNet.Attributes;
using UeFarm.Protocol;
using UeFarm.Protocol.Replay;

namespace UeFarm.Benchmarks.Micro;

/// <summary>Offers to a full replay cache of 41,666 entries, all accepted: one operation is one offer.</summary>
[MemoryDiagnoser]
public class ReplayCacheBenchmarks
{
    private const int Capacity = 41_666;
    private const int Offers = 4 * Capacity;

    private ReplayEntry[] _entries = [];
    private ModifiedReplayCache _cache = null!;
    private NaiveReplayCache _naive = null!;
    private ulong _epoch;

    /// <summary>Random: each timestamp is spread over the whole depth of the cache.</summary>
    [Params(false, true)]
    public bool IsRandomOrder { get; set; }

    [Params(8, 4)]
    public int TimestampBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new SeededRandomSource(1);
        _entries = new ReplayEntry[Offers];
        for (var i = 0; i < Offers; i++)
        {
            var time = (ulong)i + (IsRandomOrder ? random.NextUInt64() % Capacity : 0);
            _entries[i] = new ReplayEntry(time << 32, new ReplayDigest(random.NextUInt64(), random.NextUInt64(), (uint)random.NextUInt64()));
        }

        _cache = new ModifiedReplayCache(new ReplayCacheSettings { CapacityEntries = Capacity, TimestampBytes = TimestampBytes });
        _naive = new NaiveReplayCache(Capacity);
        Packed();
        Naive();
    }

    [Benchmark(OperationsPerInvoke = Offers)]
    public int Packed()
    {
        var accepted = 0;
        var shift = Advance();
        foreach (var entry in _entries)
        {
            accepted += _cache.CheckAndInsert(entry with { OrderKey = entry.OrderKey + shift }, 0) == ReplayVerdict.Accepted ? 1 : 0;
        }

        return accepted;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Offers)]
    public int Naive()
    {
        var accepted = 0;
        var shift = Advance();
        foreach (var entry in _entries)
        {
            accepted += _naive.CheckAndInsert(entry with { OrderKey = entry.OrderKey + shift }) == ReplayVerdict.Accepted ? 1 : 0;
        }

        return accepted;
    }

    /// <summary>Later than all entries of the previous round, so that every round is accepted.</summary>
    private ulong Advance() => _epoch += (ulong)Offers << 32;
}
