using UeFarm.Protocol;

namespace UeFarm.Actors.Traffic;

/// <summary>
/// How far each phone's clock is off, as a function of the seed alone: a fixed even draw within a spread, and for some phones far ahead. Immutable.
/// </summary>
public sealed class PhoneClocks
{
    // Keeps these draws apart from those of the schedule, which begin with the same seed.
    private const ulong Stream = 0xC10C_0FF5_E750_0001;

    private readonly long[] _offsets;

    /// <param name="phones">How many.</param>
    /// <param name="seed">Of the scenario.</param>
    /// <param name="spread">Every clock is at most this far behind or ahead.</param>
    /// <param name="ahead">How many phones are ahead as well, chosen at random.</param>
    /// <param name="aheadBy">By how much.</param>
    public PhoneClocks(int phones, ulong seed, TimeSpan spread, int ahead, TimeSpan aheadBy)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(phones);
        ArgumentOutOfRangeException.ThrowIfNegative(ahead);
        ArgumentOutOfRangeException.ThrowIfLessThan(spread, TimeSpan.Zero);
        var random = new SeededRandomSource(seed ^ Stream);
        _offsets = new long[phones];
        for (var phone = 0; phone < phones; phone++)
        {
            _offsets[phone] = (long)(spread.Ticks * ((2 * random.NextUnit()) - 1));
        }

        foreach (var phone in new PhoneSet(phones, full: true).Sample(Math.Min(ahead, phones), random))
        {
            _offsets[phone] += aheadBy.Ticks;
        }
    }

    /// <summary>Above zero: the phone's clock is ahead.</summary>
    public TimeSpan OffsetOf(int phone) => new(_offsets[phone]);
}
