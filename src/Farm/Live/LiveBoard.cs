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
    /// <summary>A page that asked within this time is open: it asks once a second.</summary>
    private static readonly TimeSpan OpenPage = TimeSpan.FromSeconds(3);

    private readonly TimeProvider _time;
    private readonly FarmRun _run;
    private readonly LiveStateMaker _maker;
    private readonly SnapshotMaker _snapshots;
    private readonly LiveSeries _series = new();
    private readonly Lock _pictures = new();
    private readonly Lock _making = new();
    private LiveMoment? _moment;
    private (ResultDocument Result, string Folder)? _end;
    private LiveDocument? _document;
    private long _version;
    private long _madeVersion = -1;
    private long _askedAt;
    private bool _isAsked;

    public LiveBoard(Scenario scenario, FarmRun run, TimeProvider time)
    {
        _time = time;
        _run = run;
        _maker = new LiveStateMaker(scenario, run.Recorder, run.Settings.HasApplicationServer);
        _snapshots = new SnapshotMaker(scenario, run);
        Offer(_snapshots.Take());
    }

    /// <summary>Whether a page is open now, as far as can be told.</summary>
    public bool IsWatched => Volatile.Read(ref _isAsked) && _time.GetElapsedTime(Volatile.Read(ref _askedAt)) < OpenPage;

    /// <summary>Takes the run's next picture, and gives it back. For the run's thread.</summary>
    public RunSnapshot Offer(RunSnapshot snapshot)
    {
        lock (_pictures)
        {
            _moment = LiveMoment.Of(_run, snapshot);
            _series.Add(snapshot);
            _version++;
        }

        if (IsWatched)
        {
            // At once: what the books say besides is then from the same moment.
            Read();
        }

        return snapshot;
    }

    /// <summary>The run has ended: from now on there is its result. For the run's thread.</summary>
    public void Close(ResultDocument result, string folder)
    {
        Offer(_snapshots.Take() with { Pace = _moment!.Snapshot.Pace });
        lock (_pictures)
        {
            _end = (result, folder);
            _version++;
        }
    }

    public ValueTask<LiveDocument> ReadAsync(CancellationToken cancellation)
    {
        Volatile.Write(ref _askedAt, _time.GetTimestamp());
        Volatile.Write(ref _isAsked, true);
        return ValueTask.FromResult(Read());
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
        LiveState.Course course;
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
