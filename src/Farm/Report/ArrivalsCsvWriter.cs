namespace UeFarm.Farm.Report;

/// <summary>Streams <c>arrivals.csv</c>, in order of arrival, arrival in seconds since the start. For one thread.</summary>
internal sealed class ArrivalsCsvWriter(Stream stream) : IDisposable
{
    public const string Header = "ue,arrival,timestamp,digest,verdict";

    private readonly CsvRowWriter _rows = new(stream, Header);

    public void Write(in ArrivalRow row)
    {
        _rows.Number(row.Ue);
        _rows.Decimal(row.Arrival, TimeSpan.TicksPerSecond, 6);
        _rows.Number(row.Timestamp);
        _rows.Digest(row.Digest);
        _rows.Text(row.Verdict);
        _rows.EndRow();
    }

    public void Flush() => _rows.Flush();

    public void Dispose() => _rows.Dispose();
}
