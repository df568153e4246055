using UeFarm.Actors.Journal;
using UeFarm.Actors.Run;
using UeFarm.Protocol;

namespace UeFarm.Actors.Cluster;

/// <summary>The books of a run in the cluster, kept by following its journal. Its recorder may be read from any thread.</summary>
public sealed class ClusterBooks
{
    private readonly RunTail _tail;
    private readonly RunBooks _books;
    private readonly ClusterCourse _course;

    /// <param name="settings">Of the run.</param>
    /// <param name="recorder">Empty.</param>
    /// <param name="journal">Of the run.</param>
    /// <param name="began">When the run was submitted.</param>
    /// <param name="start">When the first phase begins, by the clock of the facts.</param>
    /// <param name="blocks">How many streams of phones there are.</param>
    /// <param name="stored">Messages in the application server now, for a moment; null: nobody has heard it then.</param>
    public ClusterBooks(FarmRunSettings settings, RunRecorder recorder, IRunJournal journal, Instant began, Instant start, int blocks, Func<Instant, long?> stored)
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
        _course = new ClusterCourse(settings, recorder, began, start, stored);
    }

    public FarmRunSettings Settings { get; }

    public Instant Start { get; }

    public RunRecorder Recorder { get; }

    /// <summary>Up to when the books are complete, by the clock of the facts.</summary>
    public long WatermarkTicks => _tail.WatermarkTicks;

    /// <summary>The course of the run so far, from its submission on.</summary>
    /// <param name="first">How many moments the caller has; the others are given.</param>
    public IReadOnlyList<ClusterMoment> ReadCourse(int first = 0) => _course.Read(first);

    /// <summary>The run was stopped then: what the schedule has later is not part of it.</summary>
    public void EndAt(Instant time) => _books.EndAt(time);

    /// <summary>Before anything is taken, and again and again.</summary>
    public void Learn(CertainChanges known)
    {
        ArgumentNullException.ThrowIfNull(known);
        _books.Learn(known.Changes, new Instant(known.UntilTicks) - Start);
    }

    /// <summary>Takes what has become certain.</summary>
    public async Task AdvanceAsync(CancellationToken cancellation)
    {
        await _tail.AdvanceAsync(Record, cancellation).ConfigureAwait(false);
        _course.AdvanceTo(new Instant(_tail.WatermarkTicks));
    }

    /// <summary>Takes all the rest, and opens what the schedule had until a moment: the run's end, or when it was stopped.</summary>
    public async Task FinishAsync(Instant end, CancellationToken cancellation)
    {
        await _tail.FinishAsync(Record, cancellation).ConfigureAwait(false);
        _books.OpenUntil(end);
    }

    private void Record(in RunFact fact)
    {
        _course.AdvanceTo(new Instant(_tail.GivenTicks));
        _books.Record(fact);
    }
}
