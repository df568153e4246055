using UeFarm.Actors.Cluster;
using UeFarm.Actors.Run;
using UeFarm.Protocol;

namespace UeFarm.Farm.Cluster;

/// <summary>A run that the cluster has played, for its books to be written: it began when it was submitted.</summary>
internal sealed class EndedClusterRun(ClusterRunRecord run, ClusterBooks books, FarmRunResult result) : IRunUnderWay
{
    private readonly Instant _began = new(run.Created.UtcTicks);

    public RunRecorder Recorder => books.Recorder;

    /// <summary>What happened to nodes.</summary>
    public IReadOnlyList<string> Warnings => run.Notes ?? [];

    public long? ReplayCacheBytes => null;

    public RunProgress Progress
    {
        get
        {
            var phase = 0;
            var begun = books.Settings.Phases[0].Duration;
            while (phase < books.Settings.Phases.Count - 1 && begun < result.PlayedFor)
            {
                begun += books.Settings.Phases[++phase].Duration;
            }

            return new RunProgress(RunStage.Settling, phase, StartOf(0) + result.PlayedFor, TimeSpan.Zero);
        }
    }

    public TimeSpan SinceStart(Instant moment) => moment - _began;

    public TimeSpan StartOf(int phase) =>
        books.Settings.Phases.Take(phase).Aggregate(SinceStart(books.Start), static (sum, each) => sum + each.Duration);
}
