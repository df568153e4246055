using System.Globalization;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>
/// Reads a trace once and says what caches of every capacity would have refused. Replays are told exactly: in memory while they fit into the budget, else
/// through temporary files and a second reading.
/// </summary>
internal sealed class TraceSizer(TraceSizerSettings settings)
{
    private const int ProgressRows = 1 << 16;

    // A slot takes 32 bytes, tables are half to three quarters full; files are cut so that one of them takes an eighth of the budget.
    private const int MemoryPerRow = 64;
    private const int ShortestRow = 44;
    private const int MostFiles = 512;

    private readonly Dictionary<int, OvertakeRankTracker> _trackers = [];
    private readonly Dictionary<int, OvertakeRankTracker> _trackersOfSeconds = [];
    private readonly RankHistogram _ranks = new();
    private readonly RankHistogram _ranksOfSeconds = new();
    private ulong _ticksPerSecond;
    private long _messages;
    private long _leftOut;

    /// <summary>Faults of the trace; with any there is no outcome.</summary>
    public IReadOnlyList<TraceFault> Faults { get; private set; } = [];

    public long FaultCount { get; private set; }

    /// <summary>The outcome; null when the trace has faults.</summary>
    /// <exception cref="IOException">The trace cannot be read, or is larger than memory and cannot be read twice.</exception>
    public SizingOutcome? Size(Stream trace, string source, IProgress<SizingProgress> progress, CancellationToken cancellation)
    {
        var length = trace.CanSeek ? trace.Length : 0;
        var isTooLong = length / ShortestRow * MemoryPerRow > settings.MemoryBytes;
        if (isTooLong || !TrySizeInMemory(trace, length, progress, cancellation))
        {
            if (!trace.CanSeek)
            {
                throw new IOException(
                    string.Create(CultureInfo.InvariantCulture, $"more rows than {settings.MemoryBytes >> 20} MiB hold; raise --memory, or give a file, which can be read twice"));
            }

            SizeThroughFiles(trace, length, progress, cancellation);
        }

        return FaultCount > 0 ? null : Outcome(source);
    }

    private bool TrySizeInMemory(Stream trace, long length, IProgress<SizingProgress> progress, CancellationToken cancellation)
    {
        var reader = new TraceReader(trace);
        var seen = new FirstArrivals();
        if (Open(reader))
        {
            while (reader.TryRead(out var row))
            {
                Count(row);
                if (row.MetReplayRule && seen.Add(row, FirstArrivals.HashOf(row)) && reader.FaultCount == 0)
                {
                    Observe(row);
                }

                if (_messages % ProgressRows == 0)
                {
                    Report(reader, length, "reading", progress, cancellation);
                    if (seen.MemoryBytes > settings.MemoryBytes)
                    {
                        return false;
                    }
                }
            }
        }

        Close(reader);
        return true;
    }

    private void SizeThroughFiles(Stream trace, long length, IProgress<SizingProgress> progress, CancellationToken cancellation)
    {
        using var files = new ReplayFiles((int)Math.Clamp(length / ShortestRow * MemoryPerRow / Math.Max(1, settings.MemoryBytes / 8), 2, MostFiles));
        var reader = Reopen(trace);
        for (; reader.TryRead(out var row); _messages++)
        {
            if (row.MetReplayRule)
            {
                files.Add(_messages, row);
            }

            if (_messages % ProgressRows == 0)
            {
                Report(reader, length * 2, "sorting out replays", progress, cancellation);
            }
        }

        Close(reader);
        if (FaultCount > 0)
        {
            return;
        }

        files.Find(cancellation);
        reader = Reopen(trace);
        while (reader.TryRead(out var row))
        {
            var number = _messages;
            Count(row);
            if (row.MetReplayRule && !files.IsReplay(number))
            {
                Observe(row);
            }

            if (_messages % ProgressRows == 0)
            {
                progress.Report(new SizingProgress(0.5 + (reader.BytesRead / 2.0 / length), _messages, "ranking"));
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private TraceReader Reopen(Stream trace)
    {
        trace.Position = 0;
        _trackers.Clear();
        _trackersOfSeconds.Clear();
        _ranks.Clear();
        _ranksOfSeconds.Clear();
        _messages = 0;
        _leftOut = 0;
        var reader = new TraceReader(trace);
        Open(reader);
        return reader;
    }

    private bool Open(TraceReader reader)
    {
        var isOpen = reader.TryReadHeader();
        _ticksPerSecond = (reader.IsFromFarm ? TimestampUnit.Ntp : settings.Unit) switch
        {
            TimestampUnit.Ntp => 1UL << 32,
            TimestampUnit.Seconds => 1,
            TimestampUnit.Milliseconds => 1000,
            TimestampUnit.Microseconds => 1_000_000,
            TimestampUnit.Nanoseconds => 1_000_000_000,
            _ => 0,
        };
        return isOpen;
    }

    private void Close(TraceReader reader)
    {
        Faults = reader.Faults;
        FaultCount = reader.FaultCount;
    }

    private void Count(in TraceRow row)
    {
        _messages++;
        _leftOut += row.MetReplayRule ? 0 : 1;
    }

    private void Observe(in TraceRow row)
    {
        _ranks.Add(TrackerOf(_trackers, row.Phone).Observe(row.Timestamp));
        if (_ticksPerSecond > 0)
        {
            _ranksOfSeconds.Add(TrackerOf(_trackersOfSeconds, row.Phone).Observe(row.Timestamp / _ticksPerSecond));
        }
    }

    private static OvertakeRankTracker TrackerOf(Dictionary<int, OvertakeRankTracker> trackers, int phone)
    {
        if (!trackers.TryGetValue(phone, out var tracker))
        {
            tracker = new OvertakeRankTracker();
            trackers.Add(phone, tracker);
        }

        return tracker;
    }

    private void Report(TraceReader reader, long length, string stage, IProgress<SizingProgress> progress, CancellationToken cancellation)
    {
        progress.Report(new SizingProgress(length > 0 ? (double)reader.BytesRead / length : -1, _messages, stage));
        cancellation.ThrowIfCancellationRequested();
    }

    private SizingOutcome Outcome(string source)
    {
        var remarks = new List<string>();
        if (_leftOut > 0)
        {
            remarks.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{_leftOut} rows were refused for another reason than the replay rule's (or not judged by it) and are left out."));
        }

        if (_ranks.MaxRank >= OvertakeRankTracker.DefaultMaxRank)
        {
            remarks.Add(string.Create(CultureInfo.InvariantCulture, $"Ranks are exact below {OvertakeRankTracker.DefaultMaxRank}; some messages were overtaken by more."));
        }

        return new SizingOutcome
        {
            Source = source,
            Messages = _messages - _leftOut,
            Distinct = _ranks.Total,
            Phones = _trackers.Count,
            EntryBytes = ReplayDigest.Length + 8,
            Curve = new CapacityCurve(_ranks),
            Variants = _ticksPerSecond == 0 ? [] : [new SizingVariant("timestampBytes: 4 (whole seconds)", ReplayDigest.Length + 4, new CapacityCurve(_ranksOfSeconds))],
            Remarks = remarks,
        };
    }
}
