using MathNet.Numerics.Distributions;

namespace UeFarm.Protocol.Replay;

/// <summary>
/// What replay caches of every capacity would have refused, from one pass over the traffic. Immutable. The proof is in docs/sizing.md: capacity C refuses a
/// first-time message exactly when its overtake rank is C or more.
/// </summary>
public sealed class CapacityCurve
{
    private readonly int[] _ranks;
    private readonly long[] _atOrAbove;

    /// <summary>The curve of a histogram as it is now.</summary>
    public CapacityCurve(RankHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        var counts = histogram.Ranks.ToArray();
        _ranks = new int[counts.Length];
        _atOrAbove = new long[counts.Length];
        var sum = 0L;
        for (var i = counts.Length - 1; i >= 0; i--)
        {
            sum += counts[i].Value;
            _ranks[i] = counts[i].Key;
            _atOrAbove[i] = sum;
        }

        Messages = sum;
    }

    /// <summary>First-time messages.</summary>
    public long Messages { get; }

    /// <summary>The smallest capacity that refuses nothing: 1 + the highest rank; 0 without messages.</summary>
    public int MinCapacity => _ranks.Length == 0 ? 0 : _ranks[^1] + 1;

    /// <summary>The capacities at which the number of refused messages changes, ascending: one more than each rank that occurred.</summary>
    public IEnumerable<int> Steps => _ranks.Select(static rank => rank + 1);

    /// <summary>First-time messages that a cache of this capacity refuses.</summary>
    public long RejectedAt(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        var place = Array.BinarySearch(_ranks, capacity);
        place = place < 0 ? ~place : place;
        return place < _ranks.Length ? _atOrAbove[place] : 0;
    }

    /// <summary>The smallest capacity that refuses at most this many messages.</summary>
    public int CapacityFor(long rejected)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rejected);
        if (Messages <= rejected)
        {
            return 0;
        }

        // From the first rank on whose count at or above it is small enough, capacity must reach past the rank before it.
        int low = 0, high = _ranks.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_atOrAbove[middle] <= rejected)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return _ranks[low - 1] + 1;
    }

    /// <summary>The smallest capacity of which the observed share of refused messages is at most this (0 to 1).</summary>
    public int CapacityFor(double loss) => CapacityFor((long)Math.Floor(loss * Messages * (1 + 1e-12)));

    /// <summary>
    /// The smallest capacity of which the refused share is at most <paramref name="loss"/> with this confidence: the exact one-sided binomial bound (Clopper and
    /// Pearson) for messages taken as independent. False when the messages are too few to say so even without a refusal.
    /// </summary>
    public bool TryGetCapacityFor(double loss, double confidence, out int capacity)
    {
        capacity = 0;
        if (Messages == 0 || UpperBoundOfShare(0, Messages, confidence) > loss)
        {
            return false;
        }

        // The bound rises with the refusals: the most that it allows, then the capacity for that many.
        long low = 0, high = (long)(loss * Messages);
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (UpperBoundOfShare(middle, Messages, confidence) <= loss)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        capacity = CapacityFor(low);
        return true;
    }

    /// <summary>How many messages without a refusal it takes to state this loss (0 to 1) with this confidence (0 to 1).</summary>
    public static long MessagesNeededFor(double loss, double confidence) => (long)Math.Ceiling(Math.Log(1 - confidence) / Math.Log(1 - loss));

    /// <summary>The upper end of the one-sided confidence interval of Clopper and Pearson for a share of which some were seen.</summary>
    public static double UpperBoundOfShare(long refused, long messages, double confidence) =>
        refused >= messages ? 1
        : refused == 0 ? 1 - Math.Pow(1 - confidence, 1.0 / messages)
        : Beta.InvCDF(refused + 1, messages - refused, confidence);
}
