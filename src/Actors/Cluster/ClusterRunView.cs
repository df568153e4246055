using UeFarm.Actors.Ledger;
using UeFarm.Actors.Run;
using UeFarm.Protocol;

namespace UeFarm.Actors.Cluster;

/// <summary>Where a run stands as its conductor knows it, for others to look at: written by the conductor, read from any thread.</summary>
/// <param name="settings">Of the run.</param>
/// <param name="time">The calendar of the conductor's node.</param>
internal sealed class ClusterRunView(FarmRunSettings settings, TimeProvider time)
{
    private ClusterBooks? _books;
    private LedgerTotals? _closed;
    private int _stage;
    private int _registeredByBlocks;
    private long _stored;
    private long _storedSince = long.MaxValue;

    public FarmRunSettings Settings => settings;

    /// <summary>Empty until the schedule starts.</summary>
    public RunRecorder Recorder { get; } = FarmRun.CreateRecorder(settings);

    /// <summary>Null: the schedule has not started.</summary>
    public ClusterBooks? Books
    {
        get => Volatile.Read(ref _books);
        set => Volatile.Write(ref _books, value);
    }

    /// <summary>Null: not closed.</summary>
    public LedgerTotals? Closed
    {
        get => Volatile.Read(ref _closed);
        set => Volatile.Write(ref _closed, value);
    }

    public ClusterRunStage Stage
    {
        get => (ClusterRunStage)Volatile.Read(ref _stage);
        set => Volatile.Write(ref _stage, (int)value);
    }

    /// <summary>Phones that have a binding, as their blocks say.</summary>
    public int RegisteredByBlocks
    {
        get => Volatile.Read(ref _registeredByBlocks);
        set => Volatile.Write(ref _registeredByBlocks, value);
    }

    /// <summary>Messages in the application servers, as they last said.</summary>
    public long Stored => Volatile.Read(ref _stored);

    /// <summary>By the books once there are some, before that by the blocks.</summary>
    public (int Offline, int Registering, int Registered) Phones => Books is null
        ? (settings.Phones - RegisteredByBlocks, 0, RegisteredByBlocks)
        : (Recorder.OfflinePhones, Recorder.RegisteringPhones, Recorder.RegisteredPhones);

    /// <summary>All application servers have said what they have.</summary>
    public void HearStored(long messages)
    {
        Volatile.Write(ref _stored, messages);
        if (Volatile.Read(ref _storedSince) == long.MaxValue)
        {
            Volatile.Write(ref _storedSince, Now.Ticks);
        }
    }

    /// <summary>Messages in the application servers, for a moment of the run; null: that was before this conductor heard of them.</summary>
    public long? StoredAt(Instant time) => !settings.HasApplicationServer || time.Ticks >= Volatile.Read(ref _storedSince) ? Stored : null;

    public TimeSpan Behind => Books is { } books && Stage is >= ClusterRunStage.Playing and < ClusterRunStage.Ended
        ? TimeSpan.FromTicks(Math.Max(0, Now.Ticks - Math.Max(books.WatermarkTicks, books.Start.Ticks)))
        : TimeSpan.Zero;

    /// <summary>By the clock; its time counts from the schedule's start.</summary>
    public RunProgress Progress
    {
        get
        {
            if (Books is not { } books || Now < books.Start)
            {
                return new RunProgress(RunStage.Registering, -1, TimeSpan.Zero, TimeSpan.Zero);
            }

            var elapsed = Now - books.Start;
            var (phase, end) = (0, settings.Phases[0].Duration);
            while (phase < settings.Phases.Count - 1 && end <= elapsed)
            {
                end += settings.Phases[++phase].Duration;
            }

            return Stage >= ClusterRunStage.Settling
                ? new RunProgress(RunStage.Settling, phase, elapsed, TimeSpan.Zero)
                : new RunProgress(RunStage.Playing, phase, elapsed, end > elapsed ? end - elapsed : TimeSpan.Zero);
        }
    }

    private Instant Now => new(time.GetUtcNow().UtcTicks);
}
