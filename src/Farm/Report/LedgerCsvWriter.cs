namespace UeFarm.Farm.Report;

/// <summary>Streams <c>ledger.csv</c>: times in seconds since the start, latency in milliseconds. For one thread.</summary>
internal sealed class LedgerCsvWriter(Stream stream) : IDisposable
{
    public const string Header = "seq,sender,recipient,due,sent,timestamp,digest,outcome,reason,latency_ms";

    private readonly CsvRowWriter _rows = new(stream, Header);

    public void Write(in LedgerRow row)
    {
        _rows.Number(row.Sequence);
        _rows.Number(row.Sender);
        _rows.Number(row.Recipient);
        _rows.Decimal(row.Due, TimeSpan.TicksPerSecond, 6);
        WriteOptional(row.Sent, TimeSpan.TicksPerSecond, 6);
        _rows.Number(row.Timestamp);
        _rows.Digest(row.Digest);
        _rows.Text(row.Outcome);
        _rows.Text(row.Reason);
        WriteOptional(row.Latency, TimeSpan.TicksPerMillisecond, 3);
        _rows.EndRow();
    }

    public void Flush() => _rows.Flush();

    public void Dispose() => _rows.Dispose();

    private void WriteOptional(TimeSpan? value, long ticksPerUnit, byte decimals)
    {
        if (value is { } known)
        {
            _rows.Decimal(known, ticksPerUnit, decimals);
        }
        else
        {
            _rows.Empty();
        }
    }
}
