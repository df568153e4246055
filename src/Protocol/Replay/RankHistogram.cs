using System.Runtime.InteropServices;

namespace UeFarm.Protocol.Replay;

/// <summary>
/// How many messages had which overtake rank. Histograms of phones, phases and nodes are merged by adding them up; the sum is exact. Not safe for use by two
/// threads at a time.
/// </summary>
public sealed class RankHistogram
{
    // Ranks below are counted in an array that grows as needed, the rare ones above in a table.
    private const int DenseRanks = 1 << 16;

    private readonly Dictionary<int, long> _high = [];
    private long[] _low = [];

    /// <summary>Messages counted.</summary>
    public long Total { get; private set; }

    /// <summary>The highest rank counted; -1 when empty.</summary>
    public int MaxRank { get; private set; } = -1;

    /// <summary>The ranks that occurred, ascending, each with its number of messages.</summary>
    public IEnumerable<KeyValuePair<int, long>> Ranks
    {
        get
        {
            for (var rank = 0; rank < _low.Length; rank++)
            {
                if (_low[rank] > 0)
                {
                    yield return new(rank, _low[rank]);
                }
            }

            foreach (var entry in _high.OrderBy(static entry => entry.Key))
            {
                yield return entry;
            }
        }
    }

    /// <summary>Counts messages of a rank of 0 or more.</summary>
    public void Add(int rank, long messages = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfNegative(messages);
        if (messages == 0)
        {
            return;
        }

        Total += messages;
        MaxRank = Math.Max(MaxRank, rank);
        if (rank >= DenseRanks)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_high, rank, out _) += messages;
            return;
        }

        if (rank >= _low.Length)
        {
            Array.Resize(ref _low, Math.Min(DenseRanks, Math.Max(rank + 1, _low.Length * 2)));
        }

        _low[rank] += messages;
    }

    /// <summary>Adds everything that another histogram has counted.</summary>
    public void Merge(RankHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (rank, messages) in other.Ranks)
        {
            Add(rank, messages);
        }
    }

    /// <summary>Counts from 0 again.</summary>
    public void Clear()
    {
        _high.Clear();
        _low = [];
        Total = 0;
        MaxRank = -1;
    }
}
