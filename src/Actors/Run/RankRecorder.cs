using Prometheus;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Run;

/// <summary>
/// Overtake ranks of a run's first-time messages over all phones, by the phase in which they arrived; what arrives while things settle counts for the last one.
/// They give the capacity curve of the run. Recording and reading are safe from any thread; a record holds a lock for one addition.
/// </summary>
public sealed class RankRecorder
{
    /// <summary>
    /// Ranks are exact below it. A phone keeps at most that many timestamps, 8 to 15 bytes each, so that one that receives without end has an end to its
    /// memory.
    /// </summary>
    public const int MaxRank = 1 << 20;

    private readonly Lock _gate = new();
    private readonly RankHistogram[] _byPhase;
    private int _phase;

    /// <param name="phases">1 or more.</param>
    public RankRecorder(int phases)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(phases, 1);
        _byPhase = [.. Enumerable.Range(0, phases).Select(static _ => new RankHistogram())];
    }

    /// <summary>Also gets every rank; for the metrics.</summary>
    public IObserver? Observer { get; set; }

    /// <summary>Messages ranked so far.</summary>
    public long Messages
    {
        get
        {
            lock (_gate)
            {
                return _byPhase.Sum(static ranks => ranks.Total);
            }
        }
    }

    /// <summary>A phase of the schedule began.</summary>
    public void EnterPhase(int phase) => Volatile.Write(ref _phase, phase);

    public void Record(int rank)
    {
        lock (_gate)
        {
            _byPhase[Volatile.Read(ref _phase)].Add(rank);
        }

        Observer?.Observe(rank);
    }

    /// <summary>Copies of the histograms as they are now, one for each phase.</summary>
    public IReadOnlyList<RankHistogram> ByPhase()
    {
        lock (_gate)
        {
            return [.. _byPhase.Select(Copy)];
        }
    }

    /// <summary>The histograms of all phases as they are now, added up.</summary>
    public RankHistogram Total()
    {
        var total = new RankHistogram();
        lock (_gate)
        {
            foreach (var ranks in _byPhase)
            {
                total.Merge(ranks);
            }
        }

        return total;
    }

    private static RankHistogram Copy(RankHistogram ranks)
    {
        var copy = new RankHistogram();
        copy.Merge(ranks);
        return copy;
    }
}
