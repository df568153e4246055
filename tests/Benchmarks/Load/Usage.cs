using System.Diagnostics;

namespace UeFarm.Benchmarks.Load;

/// <summary>What a process had used up at a moment: differences of two are what the time between them cost.</summary>
internal readonly record struct Usage(TimeSpan Cpu, TimeSpan User, long AllocatedBytes, int Collections, long Timestamp)
{
    /// <summary>This process, all threads, user and system time.</summary>
    public static Usage Now()
    {
        var cpu = Environment.CpuUsage;
        return new Usage(cpu.TotalTime, cpu.UserTime, GC.GetTotalAllocatedBytes(), GC.CollectionCount(0), Stopwatch.GetTimestamp());
    }

    public static Usage operator -(Usage end, Usage start) => new(
        end.Cpu - start.Cpu, end.User - start.User, end.AllocatedBytes - start.AllocatedBytes, end.Collections - start.Collections, end.Timestamp - start.Timestamp);

    public static Usage Subtract(Usage left, Usage right) => left - right;

    /// <summary>Wall clock, of a difference.</summary>
    public TimeSpan Elapsed => TimeSpan.FromSeconds((double)Timestamp / Stopwatch.Frequency);

    /// <summary>Microseconds of CPU for one of so many, of a difference.</summary>
    public double MicrosecondsPer(long count) => Cpu.TotalMicroseconds / count;
}
