using System.Diagnostics;
using Npgsql;
using Prometheus;
using UeFarm.Actors.Stores;

namespace UeFarm.Actors.Journal;

/// <summary>
/// The thread behind a <see cref="PostgresRunJournal"/>: makes commits of what waits, and tells who waits for it. While it waits for the disk the next commit gathers
/// by itself. What became of a commit whose answer was lost is found out before anybody is told anything; meanwhile all wait.
/// </summary>
internal sealed class JournalWriter
{
    private readonly JournalQueue _queue;
    private readonly Func<IEnumerable<JournalStream>> _claims;
    private readonly PostgresRunJournalSettings _settings;
    private readonly string _name;
    private readonly StoreBackOff _backOff;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JournalSession? _session;
    private long _commits;
    private volatile string? _problem;
    private IObserver? _commitTimes;

    public JournalWriter(PostgresRunJournalSettings settings, string name, JournalSession session, JournalQueue queue, Func<IEnumerable<JournalStream>> claims)
    {
        _settings = settings;
        _name = name;
        _session = session;
        _queue = queue;
        _claims = claims;
        _backOff = new StoreBackOff(settings.RetryBase, settings.RetryCap);
        new Thread(Run) { IsBackground = true, Name = "run-journal" }.Start();
    }

    public long Commits => Volatile.Read(ref _commits);

    public string? Problem => _problem;

    /// <summary>Told how long each commit took.</summary>
    public IObserver? CommitTimes
    {
        get => Volatile.Read(ref _commitTimes);
        set => Volatile.Write(ref _commitTimes, value);
    }

    /// <summary>Completes when the queue was closed and everything in it is done, or cannot be done now.</summary>
    public Task Stopped => _stopped.Task;

    private void Run()
    {
        while (_queue.Wait(out var isIdleDue))
        {
            var entries = _queue.Take();
            if (isIdleDue)
            {
                AddIdle(entries);
            }

            Settle(entries, static entry => entry.Stream.IsFenced ? Fate.Lost : Fate.Open);
            CarryOut(entries);
        }

        _session?.Dispose();
        _stopped.SetResult();
    }

    private void AddIdle(List<JournalEntry> entries)
    {
        var busy = entries.Select(static entry => entry.Stream).ToHashSet();
        foreach (var stream in _claims())
        {
            if (!stream.IsFenced && !busy.Contains(stream) && !stream.HasFacts)
            {
                entries.Add(new JournalEntry(stream, null, stream.LastBatch, _queue.CompleteTicks));
            }
        }
    }

    /// <summary>Until each entry is durable, or known never to be; or until the journal is closed and the database away.</summary>
    private void CarryOut(List<JournalEntry> entries)
    {
        var isInDoubt = false;
        var attemptsAtEnd = 2; // the first may find that the connection was lost
        while (entries.Count > 0 && (!_queue.IsClosed || attemptsAtEnd-- > 0))
        {
            _queue.Pause(_backOff);
            try
            {
                if (!EnsureOpen())
                {
                    continue;
                }

                if (isInDoubt)
                {
                    Inquire(entries);
                }

                isInDoubt = true;
                Write(entries);
            }
            catch (Exception failure) when (PostgresConnector.IsOfConnection(failure))
            {
                isInDoubt = true;
                NoteFailure(failure);
            }
        }
    }

    private void Write(List<JournalEntry> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        var began = Stopwatch.GetTimestamp();
        var written = _session!.Write(entries);
        CommitTimes?.Observe(Stopwatch.GetElapsedTime(began).TotalSeconds);
        Volatile.Write(ref _commits, _commits + 1);
        _backOff.Reset();
        _problem = null;
        var place = 0;
        Settle(entries, _ => written.Contains(place++) ? Fate.Durable : Fate.Open);
    }

    /// <summary>What may be there is looked for: a batch that is not, under a claim that holds, can be written as if for the first time.</summary>
    private void Inquire(List<JournalEntry> entries)
    {
        var answers = _session!.Ask(entries);
        var place = 0;
        Settle(entries, entry => answers[place++] switch
        {
            (_, true) when entry.Segment is not null => Fate.Durable,
            (false, _) => Fate.Lost,
            _ => entry.Segment is null ? Fate.Durable : Fate.Open, // a time comes again in a moment
        });
    }

    private void Settle(List<JournalEntry> entries, Func<JournalEntry, Fate> fateOf) => entries.RemoveAll(entry =>
    {
        var fate = fateOf(entry);
        if (fate == Fate.Open)
        {
            return false;
        }

        entry.Stream.IsFenced |= fate == Fate.Lost;
        if (entry.Segment is { } segment)
        {
            _queue.Release(segment);
            if (fate == Fate.Lost)
            {
                segment.TellFenced();
            }
            else
            {
                entry.Stream.LastBatch = entry.Number;
                segment.TellDurable();
            }
        }

        return true;
    });

    private bool EnsureOpen()
    {
        if (_session is not null)
        {
            return true;
        }

        if (JournalSession.TryOpen(_settings, _name, out _session, out var problem))
        {
            return true;
        }

        _problem = problem;
        _backOff.Fail();
        return false;
    }

    /// <summary>A primary that became a standby will never take it: look for the new one.</summary>
    private void NoteFailure(Exception failure)
    {
        _problem = PostgresConnector.Explain(failure);
        _backOff.Fail();
        if (_session!.IsBroken || failure is not PostgresException { InvariantSeverity: "ERROR", SqlState: not PostgresErrorCodes.ReadOnlySqlTransaction })
        {
            _session.Dispose();
            _session = null;
        }
    }

    private enum Fate
    {
        Open,
        Durable,
        Lost,
    }
}
