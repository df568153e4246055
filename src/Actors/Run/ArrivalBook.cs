using System.Runtime.CompilerServices;
using UeFarm.Actors.Journal;

namespace UeFarm.Actors.Run;

/// <summary>Every arrival of a run at a phone, for traces and capacity curves. Thread-safe.</summary>
internal sealed class ArrivalBook
{
    private static readonly long BytesPerArrival = Unsafe.SizeOf<ArrivalRecord>();

    private readonly List<ArrivalRecord> _arrivals = [];
    private readonly Lock _gate = new();
    private long _count;

    public long MemoryBytes => Volatile.Read(ref _count) * BytesPerArrival;

    public void Add(in RunFact fact)
    {
        lock (_gate)
        {
            _arrivals.Add(new ArrivalRecord(fact.Phone, fact.Ticks, fact.Timestamp, fact.Digest, fact.Outcome));
            _count = _arrivals.Count;
        }
    }

    /// <summary>Those so far.</summary>
    public IReadOnlyList<ArrivalRecord> Take()
    {
        lock (_gate)
        {
            return [.. _arrivals];
        }
    }
}
