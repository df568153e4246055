using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>Which capacities of a curve are worth showing.</summary>
internal static class CurveSamples
{
    /// <summary>1, 2, 5, 10, 20, 50 and so on up to the loss-free capacity, that and the one below it, and the capacities for a tolerated loss; ascending.</summary>
    public static IReadOnlyList<int> Of(CapacityCurve curve)
    {
        var least = Math.Max(1, curve.MinCapacity);
        var capacities = new SortedSet<int> { least };
        for (long decade = 1; decade < least; decade *= 10)
        {
            capacities.UnionWith(new[] { decade, 2 * decade, 5 * decade }.Where(capacity => capacity < least).Select(static capacity => (int)capacity));
        }

        if (least > 1)
        {
            capacities.Add(least - 1);
        }

        capacities.UnionWith(LossAnswer.Of(curve).SelectMany(static answer => new[] { answer.Capacity, answer.ConfidentCapacity ?? 0 }).Where(static capacity => capacity > 0));
        return [.. capacities];
    }
}
