namespace UeFarm.Actors.Stores;

/// <summary>
/// Arrival numbers that are unique across restarts although the messages that had them are gone: their upper bits are the data's generation,
/// which grows every time a store is opened. A generation has room for a trillion messages; should one ever have had more, the next begins above them.
/// </summary>
internal static class ArrivalNumbers
{
    private const int GenerationShift = 40;

    public static long NextGeneration(long generation, long highestArrival) => Math.Max(generation, highestArrival >> GenerationShift) + 1;

    /// <summary>Every number of the generation is above this one, every earlier number is not.</summary>
    public static long HighestBefore(long generation) => generation << GenerationShift;
}
