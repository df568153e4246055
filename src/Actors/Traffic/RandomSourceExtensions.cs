using UeFarm.Protocol;

namespace UeFarm.Actors.Traffic;

/// <summary>Numbers that schedules draw from a random source.</summary>
internal static class RandomSourceExtensions
{
    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public static double NextUnit(this IRandomSource random) => (random.NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, bound); the bias of the multiplication is below bound / 2^64.</summary>
    public static int NextBelow(this IRandomSource random, int bound) => (int)Math.BigMul(random.NextUInt64(), (ulong)bound, out _);
}
