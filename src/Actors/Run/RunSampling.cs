namespace UeFarm.Actors.Run;

/// <summary>How often the course of a run is looked at.</summary>
public static class RunSampling
{
    /// <summary>Of a run, which may be weeks long.</summary>
    private const int MostPoints = 500;

    /// <summary>A second, or so many whole ones that a run of this length does not get too many points.</summary>
    public static TimeSpan IntervalOf(TimeSpan length) => TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(length.TotalSeconds / MostPoints)));
}
