using UeFarm.Actors.Journal;
using UeFarm.Actors.Run;
using UeFarm.Protocol;

namespace UeFarm.Actors.Cluster;

/// <summary>The books of a run in the cluster, kept by following its journal. Its recorder may be read from any thread.</summary>
public sealed class ClusterBooks
{
    private readonly RunTail _tail;
    private readonly RunBooks _books;

    /// <param name="settings">Of the run.</param>
    /// <param name="recorder">Empty.</param>
    /// <param name="journal">Of the run.</param>
    /// <param name="start">When the first phase begins, by the clock of the facts.</param>
    /// <param name="blocks">How many streams of phones there are.</param>
    public ClusterBooks(FarmRunSettings settings, RunRecorder recorder, IRunJournal journal, Instant start, int blocks)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        Start = start;
        Recorder = recorder;
        _tail = new RunTail(journal, new RunTailSettings { Expected = [.. Enumerable.Range(0, blocks)] });
        _books = new RunBooks(
            Recorder,
            settings.CreateSchedule([]),
            start);
    }

    public FarmRunSettings Settings { get; }

    public Instant Start { get; }

    public RunRecorder Recorder { get; }

    /// <summary>Up to when the books are complete, by the clock of the facts.</summary>
    public long WatermarkTicks => _tail.WatermarkTicks;

    /// <summary>The run was stopped then: what the schedule has later is not part of it.</summary>
    public void EndAt(Instant time) => _books.EndAt(time);

    /// <summary>Before anything is taken, and again and again.</summary>
    public void Learn(CertainChanges known)
    {
        ArgumentNullException.ThrowIfNull(known);
        _books.Learn(known.Changes, new Instant(known.UntilTicks) - Start);
    }

    /// <summary>Takes what has become certain.</summary>
    public Task AdvanceAsync(CancellationToken cancellation) => _tail.AdvanceAsync(_books.Record, cancellation);

    /// <summary>Takes all the rest, and opens what the schedule had until a moment: the run's end, or when it was stopped.</summary>
    public async Task FinishAsync(Instant end, CancellationToken cancellation)
    {
        await _tail.FinishAsync(_books.Record, cancellation).ConfigureAwait(false);
        _books.OpenUntil(end);
    }
}
