using Akka.Event;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Metrics;
using UeFarm.Actors.Run;
using UeFarm.Protocol;

namespace UeFarm.Actors.Cluster;

/// <summary>The stages of a run.</summary>
internal sealed partial class Conductor
{
    /// <summary>By the clock of the facts, which is UTC.</summary>
    private Instant Now => new(UtcNow.UtcTicks);

    private TimeSpan InStage => UtcNow - _stageBegan - _silence;

    private Instant Start => new(_run!.StartTicks);

    private TimeSpan Length => LengthOf(_runSettings!);

    /// <summary>None: no run, or one without a server of its own.</summary>
    private int MailboxGroups => _runSettings is { HasApplicationServer: true } settings ? settings.MailboxGroups : 0;

    private long Backlog => _servers.Values.Sum(static server => server.Backlog);

    private int BlockCount => new UeBlocks(_runSettings!.Phones).Count;

    private void Advance()
    {
        if (_isBusy || _run is null || _database.IsSilent)
        {
            return;
        }

        switch (_stage)
        {
            case ClusterRunStage.Preparing when IsPrepared():
                Enter(ClusterRunStage.Registering);
                break;
            case ClusterRunStage.Registering when IsRegistered() || InStage > _settings.LongestRegistration || _run.IsStopped:
                Do(DecideStartAsync(_run));
                break;
            case ClusterRunStage.Playing when Now >= Start + Length || _run.IsStopped:
                if (_run.IsStopped)
                {
                    _books!.EndAt(Now);
                }

                Enter(ClusterRunStage.Settling);
                _settling = new SettleRule(_runSettings!.ApplicationServer.LongestPause, seesBacklog: _runSettings.HasApplicationServer);
                break;
            case ClusterRunStage.Settling when IsSettled():
                Enter(ClusterRunStage.Closing);
                break;
            case ClusterRunStage.Closing:
                CloseAll();
                if ((IsClosed() && HaveNodesReported()) || InStage > _settings.LongestClosing)
                {
                    Do(JudgeAsync());
                    return;
                }

                break;
            default:
                break;
        }

        if (_books is { } books && !_isBusy)
        {
            Do(FollowAsync(_run.RunId, books));
        }
    }

    /// <summary>What an earlier conductor left: a run that has not ended, or the result of the last one.</summary>
    private async Task<Action> FindAsync()
    {
        var run = await _settings.Factory.Register.FindNewestAsync(CancellationToken.None).ConfigureAwait(false);
        if (run is null)
        {
            return Inform;
        }

        var open = await OpenAsync(run).ConfigureAwait(false);
        return () =>
        {
            open();
            Inform();
            Broadcast();
            if (run.Result is null)
            {
                Do(NoteTakeoverAsync(run));
            }
        };
    }

    private void Inform()
    {
        _isInformed = true;
        Stash.UnstashAll();
    }

    private async Task<Action> OpenAsync(ClusterRunRecord run)
    {
        var settings = await _settings.Factory.CreateSettingsAsync(run.Scenario, run.Overrides, CancellationToken.None).ConfigureAwait(false);
        var journal = run.Result is null ? await _settings.Factory.OpenJournalAsync(run.RunId, CancellationToken.None).ConfigureAwait(false) : null;
        return () =>
        {
            _run = run;
            _runSettings = settings;
            _journal = journal;
            _books = null;
            _counters = null;
            _view = run.Result is null ? new ClusterRunView(settings, _settings.Time) : null;
            _isPublished = false;
            _notes.Clear();
            _notes.AddRange((run.Notes ?? []).Take(MostNotes));
            _nodeBook = run.Result is null ? new NodeBook(run.RunId, new UeBlocks(settings.Phones), RunSampling.IntervalOf(LengthOf(settings))) : null;
            _closedTick = null;
            _blocks.Clear();
            _core = HopText.Of(settings.ExternalCore);
            _servers.Clear();
            if (run.Result is not null)
            {
                Enter(ClusterRunStage.Ended);
            }
            else if (run.StartTicks == 0)
            {
                Enter(ClusterRunStage.Preparing);
                Publish();
            }
            else
            {
                KeepBooks(CreateBooks(run, _view!, journal!));
                Enter(ClusterRunStage.Playing);
            }
        };
    }

    private bool IsPrepared() => _core.Length > 0 && _servers.Count == MailboxGroups;

    private bool IsRegistered()
    {
        var settings = _runSettings!;
        return _blocks.Count == BlockCount && _blocks.Values.All(static block => block.Phones > 0)
            && (!settings.RegisterBeforeFirstPhase || _blocks.Values.Sum(static block => block.Registered) >= settings.Phones);
    }

    private async Task<Action> DecideStartAsync(ClusterRunRecord run)
    {
        var proposed = (UtcNow + _settings.StartDelay).UtcTicks;
        var start = await _settings.Factory.Register.DecideStartAsync(run.RunId, proposed, CancellationToken.None).ConfigureAwait(false);
        return () =>
        {
            _run = _run! with { StartTicks = start };
            KeepBooks(CreateBooks(_run, _view!, _journal!));
            Enter(ClusterRunStage.Playing);
        };
    }

    private void KeepBooks(ClusterBooks books)
    {
        _books = books;
        _counters = books.Recorder.Counters;
        _view!.Books = books;
    }

    private static ClusterBooks CreateBooks(ClusterRunRecord run, ClusterRunView view, IRunJournal journal) => new(
        view.Settings, view.Recorder, journal, new Instant(run.Created.UtcTicks), new Instant(run.StartTicks), new UeBlocks(view.Settings.Phones).Count,
        view.StoredAt);

    private static TimeSpan LengthOf(FarmRunSettings settings) => settings.Phases.Aggregate(TimeSpan.Zero, static (sum, phase) => sum + phase.Duration);

    private async Task<Action> FollowAsync(string runId, ClusterBooks books)
    {
        var known = await _settings.Factory.Register.ReadChangesAsync(runId, CancellationToken.None).ConfigureAwait(false);
        books.Learn(known);
        await books.AdvanceAsync(CancellationToken.None).ConfigureAwait(false);
        return () =>
        {
            _run = _run! with { Changes = known.Changes };
            Publish();
        };
    }

    /// <summary>
    /// Shows the run's books in this node's metrics: at once where the run begins here; where it is taken over, when what has been is in the books, so that nobody
    /// takes the reading of it for things that happen now.
    /// </summary>
    private void Publish()
    {
        if (!_isPublished && _view is { } view && view.Behind < _settings.Present)
        {
            _isPublished = true;
            _settings.Metrics.Of(_run!.RunId).Show(NodeMetricsPart.Books, FarmMetrics.OfBooks(view));
        }
    }

    /// <summary>The books tell whether anything is under way, once they are complete beyond the schedule's end.</summary>
    private bool IsSettled()
    {
        var isComplete = _books!.WatermarkTicks >= Math.Min(_stageBegan.UtcTicks, (Start + Length).Ticks);
        return (isComplete && _settling!.IsSettled(_books.Recorder.Counters, Backlog, Now)) || InStage > _runSettings!.SettleTime;
    }

    private void CloseAll()
    {
        for (var block = 0; block < BlockCount; block++)
        {
            if (!_blocks.TryGetValue(block, out var report) || !report.IsClosed)
            {
                _settings.Blocks.Tell(new ClusterMessages.CloseBooks(_run!.RunId, block), Self);
            }
        }

        for (var group = 0; group < MailboxGroups; group++)
        {
            if (!_servers.TryGetValue(group, out var server) || !server.IsClosed)
            {
                _settings.Mailboxes.Tell(new ClusterMessages.CloseBooks(_run!.RunId, RunStreams.ApplicationServerOf(group)), Self);
            }
        }
    }

    private bool IsClosed() =>
        _blocks.Count == BlockCount && _blocks.Values.All(static block => block.IsClosed)
        && _servers.Count == MailboxGroups && _servers.Values.All(static server => server.IsClosed);

    /// <summary>What nodes say of themselves is final once they were asked twice since the last block closed: an answer may have been under way.</summary>
    private bool HaveNodesReported()
    {
        _closedTick ??= _tick;
        return _nodeBook!.HaveAllReportedSince(_closedTick.Value + 2);
    }

    private async Task<Action> JudgeAsync()
    {
        var nodes = _nodeBook!.Totals();
        var (run, settings, books) = (_run!, _runSettings!, _books!);
        var played = TimeSpan.FromTicks(Math.Clamp(_stageBegan.UtcTicks - run.StartTicks, 0, Length.Ticks));
        var unclosed = _blocks.Count(static block => !block.Value.IsClosed);
        var misordered = Misordered;
        books.Learn(await _settings.Factory.Register.ReadChangesAsync(run.RunId, CancellationToken.None).ConfigureAwait(false));
        await books.FinishAsync(Start + played, CancellationToken.None).ConfigureAwait(false);
        if (unclosed > 0)
        {
            await _settings.Factory.Register.AddNoteAsync(
                run.RunId, $"{unclosed} blocks of phones had not written their last facts when the books were closed", CancellationToken.None).ConfigureAwait(false);
        }

        var known = await _settings.Factory.Register.FindNewestAsync(CancellationToken.None).ConfigureAwait(false) ?? run;
        var result = RunClosing.Close(
            books.Recorder, settings, misordered, played, known.IsStopped, books.Recorder.RegisteredPhones, known.Changes ?? []);
        var verdict = await _settings.Factory.Register.DecideResultAsync(
            run.RunId, _settings.Factory.Judge(known, books, result, nodes), CancellationToken.None).ConfigureAwait(false);
        await _journal!.DisposeAsync().ConfigureAwait(false);
        return () =>
        {
            _journal = null;
            _books = null;
            _view!.Closed = result.Totals;
            _run = known with { Result = verdict };
            Enter(ClusterRunStage.Ended);
            ForgetOldRuns();
        };
    }

    /// <summary>Nobody waits for it: what it does not come to, the end of the next run does.</summary>
    private void ForgetOldRuns()
    {
        var log = _log;
        _settings.Factory.Register.ForgetAsync(_settings.Factory.RunsKept, CancellationToken.None).ContinueWith(
            task => log.Warning("old runs were not deleted: {0}", task.Exception!.GetBaseException().Message),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }
}
