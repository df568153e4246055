using UeFarm.Farm.Report;

namespace UeFarm.Farm.Hosting;

/// <summary>The course of a run for its result: a point for each picture that is added.</summary>
internal sealed class RunSeries
{
    /// <summary>Of a run in virtual time, which may be weeks long.</summary>
    private const int MostPoints = 500;

    private readonly List<SeriesPoint> _points = [];

    public IReadOnlyList<SeriesPoint> Points => _points;

    /// <summary>A second, or so many whole ones that a run of this length does not get too many points.</summary>
    public static TimeSpan IntervalOf(TimeSpan length) => TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(length.TotalSeconds / MostPoints)));

    /// <summary>Gives the picture back.</summary>
    public RunSnapshot Add(RunSnapshot snapshot)
    {
        _points.Add(SeriesPoint.Of(snapshot));
        return snapshot;
    }
}
