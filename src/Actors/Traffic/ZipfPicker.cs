using UeFarm.Protocol;

namespace UeFarm.Actors.Traffic;

/// <summary>Draws ranks 0..count-1 by Zipf's law from a cumulative table (8 bytes a rank, O(log n) a draw).</summary>
internal sealed class ZipfPicker
{
    private readonly double[] _cumulative;

    public ZipfPicker(int count, double exponent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _cumulative = new double[count];
        var sum = 0.0;
        for (var rank = 0; rank < count; rank++)
        {
            sum += Math.Pow(rank + 1, -exponent);
            _cumulative[rank] = sum;
        }
    }

    public int Next(IRandomSource random)
    {
        var target = random.NextUnit() * _cumulative[^1];
        var found = Array.BinarySearch(_cumulative, target);
        return Math.Min(found >= 0 ? found + 1 : ~found, _cumulative.Length - 1);
    }
}
