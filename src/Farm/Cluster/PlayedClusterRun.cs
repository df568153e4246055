using UeFarm.Actors.Cluster;
using UeFarm.Actors.Run;
using UeFarm.Protocol;

namespace UeFarm.Farm.Cluster;

/// <summary>A run that the cluster plays or has played, for its books to be shown and written: it began when it was submitted.</summary>
/// <param name="run">As the register has it.</param>
/// <param name="books">Of the run.</param>
/// <param name="playedFor">How much of the schedule is in the books.</param>
/// <param name="stage">Where the run stands.</param>
/// <param name="notes">What happened to nodes.</param>
internal sealed class PlayedClusterRun(ClusterRunRecord run, ClusterBooks books, TimeSpan playedFor, RunStage stage, IReadOnlyList<string> notes) : IRunUnderWay
{
    private readonly Instant _began = new(run.Created.UtcTicks);

    public RunRecorder Recorder => books.Recorder;

    public IReadOnlyList<string> Warnings => notes;

    public long? ReplayCacheBytes => null;

    public RunProgress Progress
    {
        get
        {
            var phase = 0;
            var end = books.Settings.Phases[0].Duration;
            while (phase < books.Settings.Phases.Count - 1 && end < playedFor)
            {
                end += books.Settings.Phases[++phase].Duration;
            }

            return new RunProgress(stage, phase, StartOf(0) + playedFor, stage == RunStage.Playing && end > playedFor ? end - playedFor : TimeSpan.Zero);
        }
    }

    public TimeSpan SinceStart(Instant moment) => moment - _began;

    public TimeSpan StartOf(int phase) =>
        books.Settings.Phases.Take(phase).Aggregate(SinceStart(books.Start), static (sum, each) => sum + each.Duration);
}
