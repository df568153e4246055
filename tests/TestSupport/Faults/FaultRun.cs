using System.Diagnostics;

namespace UeFarm.TestSupport.Faults;

/// <summary>
/// Kills, freezes and cuts off the application server, and its database if that is a server, at random moments while phones write, leave and come back; then
/// lets everything settle and closes the
/// ledger over the whole history. The moments come from the seed.
/// </summary>
public sealed class FaultRun
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShortestLatency = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MoreLatency = TimeSpan.FromMilliseconds(450);

    private readonly FaultRunSettings _settings;
    private readonly FaultWorld _world;
    private readonly FaultTraffic _traffic;
    private readonly Random _random;
    private readonly Dictionary<FaultKind, int> _faults = Enum.GetValues<FaultKind>().ToDictionary(static kind => kind, static _ => 0);
    private readonly List<TimeSpan> _starts = [];
    private readonly long _started;

    private FaultRun(FaultRunSettings settings, FaultWorld world, long started)
    {
        _started = started;
        _settings = settings;
        _world = world;
        _traffic = new FaultTraffic(world, settings);
        _random = new Random(settings.Seed);
    }

    private int Kills => _faults.Where(static fault => fault.Key <= FaultKind.KillBoth).Sum(static fault => fault.Value);

    public static async Task<FaultRunResult> RunAsync(FaultRunSettings settings, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var started = Stopwatch.GetTimestamp();
        await using var world = await FaultWorld.StartAsync(settings, cancellation);
        return await new FaultRun(settings, world, started).PlayAsync(cancellation);
    }

    private async Task<FaultRunResult> PlayAsync(CancellationToken cancellation)
    {
        _traffic.Begin();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var playing = _traffic.PlayAsync(stop.Token);
        while (Kills < _settings.Kills)
        {
            await Task.Delay(UpTo(_settings.LongestPeace), cancellation);
            await StrikeAsync(Draw(), cancellation);
        }

        await stop.CancelAsync();
        await playing;
        var books = await new FaultSettling(_world, _traffic, Say).CloseBooksAsync(cancellation);
        _starts.Sort();
        return new FaultRunResult
        {
            Seed = _settings.Seed,
            Store = _settings.Store,
            Faults = _faults,
            Books = books,
            Starts = _starts,
            Duration = Stopwatch.GetElapsedTime(_started),
        };
    }

    private FaultKind Draw() => _settings.Store == FaultStore.PostgreSql && _random.Next(2) == 0 ? DrawOfDatabase() : DrawOfServer();

    private FaultKind DrawOfDatabase() => _random.Next(100) switch
    {
        < 40 => FaultKind.KillDatabase,
        < 60 => FaultKind.KillDatabaseInStorm,
        < 70 => FaultKind.KillBoth,
        < 78 => FaultKind.FreezeDatabase,
        < 86 => FaultKind.CutDatabase,
        < 92 => FaultKind.MuteDatabase,
        _ => FaultKind.SlowDatabase,
    };

    private FaultKind DrawOfServer() => _random.Next(100) switch
    {
        < 40 => FaultKind.Kill,
        < 60 => FaultKind.KillInStorm,
        < 70 => FaultKind.KillAtStart,
        < 76 => FaultKind.Stop,
        < 84 => FaultKind.Freeze,
        < 93 => FaultKind.Cut,
        _ => FaultKind.Stall,
    };

    private async Task StrikeAsync(FaultKind kind, CancellationToken cancellation)
    {
        _faults[kind]++;
        switch (kind)
        {
            case FaultKind.KillInStorm:
                _traffic.Storm();
                await Task.Delay(UpTo(TimeSpan.FromMilliseconds(400)), cancellation);
                goto case FaultKind.Kill;
            case FaultKind.Kill:
                await _world.Server.KillAsync();
                await RestartAsync(cancellation);
                break;
            case FaultKind.KillAtStart:
                await _world.Server.KillAsync();
                await _world.Server.KillWhileStartingAsync(UpTo(TimeSpan.FromMilliseconds(1200)), cancellation);
                await RestartAsync(cancellation);
                break;
            case FaultKind.Stop:
                await _world.Server.StopAsync(StopLimit);
                await RestartAsync(cancellation);
                break;
            case FaultKind.Freeze:
                _world.Server.Freeze();
                await Task.Delay(UpTo(_settings.LongestOutage), cancellation);
                _world.Server.Thaw();
                break;
            case FaultKind.Cut or FaultKind.Stall:
                await CutAsync(kind, cancellation);
                break;
            case FaultKind.KillDatabaseInStorm:
                _traffic.Storm();
                await Task.Delay(UpTo(TimeSpan.FromMilliseconds(400)), cancellation);
                goto case FaultKind.KillDatabase;
            case FaultKind.KillDatabase:
                await _world.Database!.KillAsync();
                await RestartDatabaseAsync(cancellation);
                break;
            case FaultKind.KillBoth:
                await Task.WhenAll(_world.Database!.KillAsync(), _world.Server.KillAsync());
                await RestartDatabaseAsync(cancellation);
                await RestartAsync(cancellation);
                break;
            default:
                await _world.Database!.StrikeAsync(kind, UpTo(_settings.LongestOutage), ShortestLatency + UpTo(MoreLatency), cancellation);
                break;
        }

        var counters = _world.Recorder.Counters;
        Say($"{Kills,4} kills, now {kind}: {counters.Sent} sent, {counters.Answered202} answered 202, {counters.Redelivered} copies");
    }

    private async Task CutAsync(FaultKind kind, CancellationToken cancellation)
    {
        var which = _random.Next(3);
        CuttableLink[] links = which switch { 0 => [_world.ToServer], 1 => [_world.ToCore], _ => [_world.ToServer, _world.ToCore] };
        foreach (var link in links)
        {
            if (kind == FaultKind.Cut)
            {
                link.Cut();
            }
            else
            {
                link.Stall();
            }
        }

        await Task.Delay(UpTo(_settings.LongestOutage), cancellation);
        Array.ForEach(links, static link => link.Heal());
    }

    private async Task RestartAsync(CancellationToken cancellation)
    {
        await Task.Delay(UpTo(TimeSpan.FromMilliseconds(500)), cancellation);
        var started = Stopwatch.GetTimestamp();
        await _world.Server.StartAgainAsync(cancellation);
        _starts.Add(Stopwatch.GetElapsedTime(started));
    }

    private async Task RestartDatabaseAsync(CancellationToken cancellation)
    {
        await Task.Delay(UpTo(TimeSpan.FromSeconds(1)), cancellation);
        await _world.Database!.StartAgainAsync();
    }

    private TimeSpan UpTo(TimeSpan longest) => longest * _random.NextDouble();

    private void Say(string text) => _settings.Log?.Invoke($"{Stopwatch.GetElapsedTime(_started).TotalSeconds,7:0.0} s  {text}");
}
