using UeFarm.Farm.Report;

namespace UeFarm.Farm.Hosting;

/// <summary>The course of a run for its result: at the same moments, what the run did and what the machine saw.</summary>
internal sealed class RunSeries
{
    private readonly List<SeriesPoint> _points = [];
    private readonly List<MachinePoint> _machine = [];

    public IReadOnlyList<SeriesPoint> Points => _points;

    /// <summary>As many as there are points; none of a run on several machines.</summary>
    public IReadOnlyList<MachinePoint> Machine => _machine;

    public void Add(SeriesPoint point) => _points.Add(point);

    public void Add(SeriesPoint point, MachinePoint machine)
    {
        _points.Add(point);
        _machine.Add(machine);
    }

    /// <summary>What must not grow: memory and heap without the books, and the files of the store. Of the seconds between which phases were played.</summary>
    public IReadOnlyList<TrendResult> Trends(double from, double to)
    {
        var played = _machine.Where(point => point.Seconds >= from && point.Seconds <= to).ToList();
        return
        [
            TrendResult.Of("memory", [.. played.Select(static point => (point.Seconds, (double)(point.Resident - point.Books)))], from, to),
            TrendResult.Of("heap", [.. played.Select(static point => (point.Seconds, (double)(point.Heap - point.Books)))], from, to),
            TrendResult.Of(
                "store",
                [.. played.Where(static point => point.Store is not null).Select(static point => (point.Seconds, (double)point.Store!.Value))], from, to),
        ];
    }
}
