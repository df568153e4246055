namespace UeFarm.Farm.Report;

/// <summary>Streams <c>series.csv</c>, a row for each point; each is in the file when it has been written. For one thread.</summary>
internal sealed class SeriesCsvWriter(Stream stream) : IDisposable
{
    public const string Header =
        "seconds,phase,registered,offline,sent,accepted,rejected,failed,expired,redelivered,attacks,stored,in_flight,delivery_p50,delivery_p99,lag_p99";

    private readonly CsvRowWriter _rows = new(stream, Header);

    /// <summary>A whole file at once.</summary>
    public static void WriteAll(string path, IEnumerable<SeriesPoint> points)
    {
        using var writer = new SeriesCsvWriter(File.Create(path));
        foreach (var point in points)
        {
            writer.Write(point);
        }
    }

    public void Write(SeriesPoint point)
    {
        _rows.Decimal(TimeSpan.FromSeconds(point.Seconds), TimeSpan.TicksPerSecond, 3);
        _rows.Text(point.Phase);
        ReadOnlySpan<long> counts =
        [
            point.Registered, point.Offline, point.Sent, point.Accepted, point.Rejected, point.Failed, point.Expired, point.Redelivered, point.Attacks,
            point.Stored, point.InFlight,
        ];
        foreach (var count in counts)
        {
            _rows.Number(count);
        }

        ReadOnlySpan<double> latencies = [point.DeliveryP50, point.DeliveryP99, point.LagP99];
        foreach (var latency in latencies)
        {
            _rows.Decimal(TimeSpan.FromSeconds(latency), TimeSpan.TicksPerSecond, 6);
        }

        _rows.EndRow();
        _rows.Flush();
    }

    public void Dispose() => _rows.Dispose();
}
