using System.Diagnostics;
using UeFarm.Protocol;

namespace UeFarm.TestSupport.Faults;

/// <summary>
/// An outage of the store while phones write, leave and come back at a steady rate: what senders are told, how much memory the server takes, how soon
/// it works again without help, and whether anything is lost.
/// </summary>
public sealed class OutageRun
{
    private static readonly TimeSpan MemorySample = TimeSpan.FromMilliseconds(250);

    private readonly OutageRunSettings _settings;
    private readonly FaultWorld _world;
    private readonly FaultTraffic _traffic;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _peakResident;

    private OutageRun(OutageRunSettings settings, FaultRunSettings faults, FaultWorld world)
    {
        _settings = settings;
        _world = world;
        _traffic = new FaultTraffic(world, faults);
    }

    public static async Task<OutageRunResult> RunAsync(OutageRunSettings settings, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var faults = new FaultRunSettings
        {
            Seed = 1,
            Kills = 0,
            Folder = settings.Folder,
            Store = settings.Kind == OutageKind.DiskFull ? FaultStore.Sqlite : FaultStore.PostgreSql,
            MessagesPerSecond = settings.MessagesPerSecond,
        };
        await using var world = await FaultWorld.StartAsync(faults, cancellation);
        return await new OutageRun(settings, faults, world).PlayAsync(cancellation);
    }

    private async Task<OutageRunResult> PlayAsync(CancellationToken cancellation)
    {
        _traffic.Begin();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var playing = _traffic.PlayAsync(stop.Token);
        var watching = WatchMemoryAsync(stop.Token);
        await Task.Delay(_settings.Peace, cancellation);

        var begin = _world.Wheel.Now;
        var peakBefore = Interlocked.Exchange(ref _peakResident, 0);
        Say("the outage begins");
        await StrikeAsync(cancellation);
        var end = _world.Wheel.Now;
        var peakDuring = Interlocked.Exchange(ref _peakResident, 0);
        Say("the outage is over");
        await Task.Delay(_settings.Peace, cancellation);

        await stop.CancelAsync();
        await playing;
        await watching;
        var stopped = _world.Wheel.Now;
        var status = await _world.Server.GetAsync("status", cancellation);
        var books = await new FaultSettling(_world, _traffic, Say).CloseBooksAsync(cancellation);
        var answers = _world.Answers.Taken;
        return new OutageRunResult
        {
            Phases =
            [
                PhaseOf("before", answers, new Instant(long.MinValue), begin, peakBefore),
                PhaseOf("during", answers, begin, end, peakDuring),
                PhaseOf("after", answers, end, stopped, Interlocked.Read(ref _peakResident)),
            ],
            FirstStored = answers.Where(answer => answer.Status == 202 && answer.AnsweredAt > end).Select(static answer => answer.AnsweredAt).Min() - end,
            LastRefused = answers.Where(answer => answer.Status >= 500 && answer.AnsweredAt > end).Select(static answer => answer.AnsweredAt)
                .DefaultIfEmpty(end).Max() - end,
            RefusedForStorage = (long)status["sinceStart"]!["refusedStorage"]!,
            Books = books,
        };
    }

    private async Task StrikeAsync(CancellationToken cancellation)
    {
        switch (_settings.Kind)
        {
            case OutageKind.DatabaseDown:
                await _world.Database!.KillAsync();
                await Task.Delay(_settings.Outage, cancellation);
                await _world.Database.StartAgainAsync();
                break;
            case OutageKind.DatabaseSlow:
                await _world.Database!.StrikeAsync(FaultKind.SlowDatabase, _settings.Outage, _settings.Latency, cancellation);
                break;
            default:
                var ballast = Path.Combine(_settings.Folder, "ballast");
                FillDisk(ballast);
                await Task.Delay(_settings.Outage, cancellation);
                File.Delete(ballast);
                break;
        }
    }

    /// <summary>Until no page of memory is left.</summary>
    private static void FillDisk(string ballast)
    {
        var piece = new byte[4096];
        using var file = new FileStream(ballast, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(piece);
            }
        }
        catch (IOException)
        {
            return; // full
        }
    }

    private async Task WatchMemoryAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var process = Process.GetProcessById(_world.Server.Id);
            var resident = process.WorkingSet64;
            if (resident > Interlocked.Read(ref _peakResident))
            {
                Interlocked.Exchange(ref _peakResident, resident);
            }

            await Task.Delay(MemorySample, CancellationToken.None);
        }
    }

    private static OutagePhase PhaseOf(string name, IReadOnlyList<FaultAnswer> answers, Instant from, Instant until, long peak) =>
        new(name, [.. answers.Where(answer => answer.SentAt >= from && answer.SentAt < until)], peak);

    private void Say(string text) => _settings.Log?.Invoke($"{Stopwatch.GetElapsedTime(_started).TotalSeconds,7:0.0} s  {text}");
}
