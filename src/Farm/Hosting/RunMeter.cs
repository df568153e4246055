using System.Diagnostics;
using UeFarm.Actors.Run;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Hosting;

/// <summary>Measures, from its creation, what a run takes by the clock on the wall and of the processor.</summary>
internal sealed class RunMeter(TimeProvider wall)
{
    private readonly DateTimeOffset _startedAt = wall.GetUtcNow();
    private readonly long _since = wall.GetTimestamp();
    private readonly TimeSpan _cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;

    public TimeSpan Elapsed => wall.GetElapsedTime(_since);

    /// <summary>User and system time of this process meanwhile.</summary>
    public TimeSpan Cpu => Process.GetCurrentProcess().TotalProcessorTime - _cpuBefore;

    public static MemoryResult CurrentMemory(IRunUnderWay run) =>
        new(Process.GetCurrentProcess().PeakWorkingSet64, GC.GetTotalMemory(false), run.ReplayCacheBytes, GC.CollectionCount(2));

    /// <summary>The times of a run that has ended.</summary>
    public RunTimes Read(FarmRun run, bool isVirtual)
    {
        var cpu = Cpu;
        if (!isVirtual)
        {
            return new RunTimes(_startedAt, wall.GetUtcNow(), cpu, null);
        }

        var (took, played, endedAt) = (Elapsed, run.Progress.Elapsed, run.Time.GetUtcNow());
        return new RunTimes(
            endedAt - played, endedAt, null, new WallClockResult(_startedAt, took.TotalSeconds, cpu.TotalSeconds, played / took, CurrentMemory(run), [], []));
    }
}
