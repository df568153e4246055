using UeFarm.Actors.Run;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Hosting;

/// <summary>Takes the points of a run's series, in memory and in its files. For one thread at a time.</summary>
internal sealed class RunSampler(FarmRun run, ResultsFolder folder, TimeSpan interval, RunMeter meter) : IDisposable
{
    /// <summary>Pictures come about once a second, and not to the millisecond.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(500);

    private readonly SeriesCsvWriter _seriesFile = new(Open(folder.SeriesFile));
    private readonly MachineCsvWriter _machineFile = new(Open(folder.MachineFile));
    private TimeSpan _last = TimeSpan.Zero;

    public RunSeries Series { get; } = new();

    /// <summary>Adds a point when one is due. Gives the picture back.</summary>
    public RunSnapshot Offer(RunSnapshot snapshot)
    {
        // Counted in whole intervals, so that small delays do not add up.
        var now = interval * Math.Floor((snapshot.Elapsed + Early) / interval);
        if (now <= _last)
        {
            return snapshot;
        }

        _last = now;
        var point = SeriesPoint.Of(snapshot, run.Recorder.Delivery.TakeInterval(), run.Recorder.Lag.TakeInterval());
        var machine = new MachinePoint(
            point.Seconds, meter.Elapsed.TotalSeconds, meter.Cpu.TotalSeconds, Environment.WorkingSet, ProcessMemory.LiveHeap(), run.Recorder.BooksBytes,
            GC.CollectionCount(2), run.ApplicationServer?.BacklogBytes ?? 0, StoreBytes());
        Series.Add(point, machine);
        _seriesFile.Write(point);
        _machineFile.Write(machine);
        return snapshot;
    }

    public void Dispose()
    {
        _seriesFile.Dispose();
        _machineFile.Dispose();
    }

    /// <summary>Readers may look on.</summary>
    private static FileStream Open(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.Read);

    private long? StoreBytes()
    {
        var file = new FileInfo(folder.MailboxFile);
        var log = new FileInfo(folder.MailboxFile + "-wal");
        return file.Exists ? file.Length + (log.Exists ? log.Length : 0) : null;
    }
}
