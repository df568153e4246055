namespace UeFarm.Farm.Report;

/// <summary>Streams <c>machine.csv</c>, a row beside each of <c>series.csv</c>. For one thread.</summary>
internal sealed class MachineCsvWriter(Stream stream) : IDisposable
{
    public const string Header = "seconds,wall,cpu,resident,heap,books,gen2,stored_bytes,store";

    private readonly CsvRowWriter _rows = new(stream, Header);

    public void Write(MachinePoint point)
    {
        _rows.Decimal(TimeSpan.FromSeconds(point.Seconds), TimeSpan.TicksPerSecond, 3);
        _rows.Decimal(TimeSpan.FromSeconds(point.Wall), TimeSpan.TicksPerSecond, 3);
        _rows.Decimal(TimeSpan.FromSeconds(point.Cpu), TimeSpan.TicksPerSecond, 3);
        _rows.Number(point.Resident);
        _rows.Number(point.Heap);
        _rows.Number(point.Books);
        _rows.Number(point.Gen2Collections);
        _rows.Number(point.StoredBytes);
        if (point.Store is { } store)
        {
            _rows.Number(store);
        }
        else
        {
            _rows.Empty();
        }

        _rows.EndRow();
        _rows.Flush();
    }

    public void Dispose() => _rows.Dispose();
}
