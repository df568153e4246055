using UeFarm.Actors.Cluster;
using UeFarm.Farm.Hosting;

namespace UeFarm.Farm.Live;

/// <summary>
/// The course of a run for the live page, of whatever length in bounded memory: when it is full, every second point goes and from then on half as many come.
/// For one thread at a time.
/// </summary>
/// <param name="closest">The latest picture is a point when it is so many seconds after the last one, so that no rate is of a moment.</param>
internal sealed class LiveSeries(double closest = 0)
{
    public const int MostPoints = 240;

    /// <summary>Over how many pictures the rates of the moment are.</summary>
    private const int RecentPoints = 4;

    private readonly List<Point> _points = new(MostPoints);
    private readonly Queue<Point> _recent = new(RecentPoints);
    private Point? _latest;
    private int _stride = 1;
    private long _offered;

    /// <summary>Takes a picture of each second.</summary>
    public void Add(RunSnapshot snapshot)
    {
        Look(snapshot);
        Add(_latest!.Value);
    }

    /// <summary>Takes a moment that somebody else has written down, in their order.</summary>
    public void Add(ClusterMoment moment, int phones) => Add(Point.Of(moment, phones));

    /// <summary>Takes the picture of this second, which is the last point until there is a later one, and what the rates are of.</summary>
    public void Look(RunSnapshot snapshot)
    {
        var latest = Point.Of(snapshot);
        if (_recent.Count == RecentPoints)
        {
            _recent.Dequeue();
        }

        _recent.Enqueue(latest);
        _latest = latest;
    }

    private void Add(in Point point)
    {
        if (_offered++ % _stride != 0)
        {
            return;
        }

        if (_points.Count == MostPoints - 1)
        {
            for (var place = 0; place < _points.Count; place++)
            {
                if (place % 2 == 0)
                {
                    _points[place / 2] = _points[place];
                }
            }

            _points.RemoveRange((_points.Count + 1) / 2, _points.Count / 2);
            _stride *= 2;
            if ((_offered - 1) % _stride != 0)
            {
                return;
            }
        }

        _points.Add(point);
    }

    /// <summary>All points so far, the latest picture as the last of them; null: there is none yet.</summary>
    public LiveState.Course? Read()
    {
        var last = _points.Count > 0 ? _points[^1] : default(Point?);
        List<Point> points = _latest is { } latest && latest != last && !(latest.Seconds < last?.Seconds + closest) ? [.. _points, latest] : _points;
        return points.Count == 0 ? null : new LiveState.Course(
            [.. points.Select(static point => Math.Round(point.Seconds, 3))], Rates(points, static point => point.Due), Rates(points, static point => point.Accepted),
            Rates(points, static point => point.Registrations), Rates(points, static point => point.Rejected), Rates(points, static point => point.Failed),
            [.. points.Select(static point => point.Registered)], [.. points.Select(static point => point.Registering)], [.. points.Select(static point => point.Offline)],
            [.. points.Select(static point => point.Stored)], [.. points.Select(static point => point.InFlight)]);
    }

    /// <summary>Over the last three seconds.</summary>
    public LiveState.RateRow ReadRates()
    {
        var (first, last) = (_recent.FirstOrDefault(), _latest ?? default);
        var seconds = last.Seconds - first.Seconds;
        return new LiveState.RateRow(
            Rate(last.Due - first.Due, seconds), Rate(last.Accepted - first.Accepted, seconds), Rate(last.Registrations - first.Registrations, seconds));
    }

    private static double Rate(long count, double seconds) => seconds > 0 ? Math.Round(Math.Max(0, count) / seconds, 2) : 0;

    /// <summary>Counts since the start become events per second since the point before.</summary>
    private static double[] Rates(List<Point> points, Func<Point, long> count)
    {
        var rates = new double[points.Count];
        var before = default(Point);
        foreach (var (place, point) in points.Index())
        {
            rates[place] = Rate(count(point) - count(before), point.Seconds - before.Seconds);
            before = point;
        }

        return rates;
    }

    private readonly record struct Point(
        double Seconds, long Due, long Accepted, long Registrations, long Rejected, long Failed, long Registered, long Registering, long Offline, long Stored, long InFlight)
    {
        public static Point Of(RunSnapshot snapshot) => new(
            snapshot.Elapsed.TotalSeconds, snapshot.Due, snapshot.Accepted, snapshot.Registrations, snapshot.Rejected, snapshot.Failed,
            snapshot.UesByState.GetValueOrDefault("registered"), snapshot.Registering,
            Math.Max(0, snapshot.UesByState.GetValueOrDefault("offline") - snapshot.Registering), snapshot.Stored, snapshot.MessagesInFlight);

        public static Point Of(ClusterMoment moment, int phones) => new(
            moment.At.TotalSeconds, moment.Due, moment.Accepted, moment.Registrations, moment.Rejected, moment.Failed, moment.Registered, moment.Registering,
            Math.Max(0, phones - moment.Registered - moment.Registering), moment.Stored, moment.InFlight);
    }
}
