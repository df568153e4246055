using UeFarm.Actors.Run;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Live;

/// <summary>
/// The run of this process for its live page. The run only leaves a picture here each second; after it a document is made when somebody asks, one for all who ask.
/// </summary>
internal sealed class LiveBoard : ILiveSource
{
    private readonly TimeProvider _time;
    private readonly FarmRun _run;
    private readonly LiveStateMaker _maker;
    private readonly SnapshotMaker _snapshots;
    private readonly LiveAudience _audience;
    private readonly LiveSeries _series = new();
    private readonly Lock _pictures = new();
    private readonly Lock _making = new();
    private LiveMoment? _moment;
    private (ResultDocument Result, string Folder)? _end;
    private LiveDocument? _document;
    private long _version;
    private long _madeVersion = -1;

    public LiveBoard(Scenario scenario, FarmRun run, TimeProvider time)
    {
        _time = time;
        _run = run;
        _maker = new LiveStateMaker(scenario, run.Recorder, run.Settings.HasApplicationServer);
        _snapshots = new SnapshotMaker(scenario, run);
        _audience = new LiveAudience(time);
        Offer(_snapshots.Take());
    }

    /// <summary>Takes the run's next picture, and gives it back. For the run's thread.</summary>
    public RunSnapshot Offer(RunSnapshot snapshot)
    {
        lock (_pictures)
        {
            _moment = LiveMoment.Of(_run, snapshot);
            _series.Add(snapshot);
            _version++;
        }

        if (_audience.IsOpen)
        {
            // At once: what the books say besides is then from the same moment.
            Read();
        }

        return snapshot;
    }

    /// <summary>The run has ended: from now on there is its result. Comes back when open pages have it. For the run's thread.</summary>
    public async Task CloseAsync(ResultDocument result, string folder)
    {
        Offer(_snapshots.Take() with { Pace = _moment!.Snapshot.Pace });
        lock (_pictures)
        {
            _end = (result, folder);
            _version++;
        }

        await _audience.SayFarewellAsync().ConfigureAwait(false);
    }

    public ValueTask<LiveDocument> ReadAsync(CancellationToken cancellation)
    {
        _audience.Ask();
        return ValueTask.FromResult(_audience.Tell(Read()));
    }

    private LiveDocument Read()
    {
        lock (_making)
        {
            var version = Volatile.Read(ref _version);
            if (_document is null || version != _madeVersion)
            {
                _document = LiveDocument.Of(Make());
                _madeVersion = version;
            }

            return _document;
        }
    }

    private LiveState Make()
    {
        LiveMoment moment;
        LiveState.Course? course;
        LiveState.RateRow rates;
        (ResultDocument Result, string Folder)? end;
        lock (_pictures)
        {
            (moment, course, rates, end) = (_moment!, _series.Read(), _series.ReadRates(), _end);
        }

        var state = _maker.Running(moment, course, rates, _time.GetUtcNow());
        return end is { } known ? LiveStateMaker.Ended(state, known.Result, known.Folder, _time.GetUtcNow()) : state;
    }
}
