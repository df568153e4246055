using System.Runtime.InteropServices;
using Prometheus;
using UeFarm.Farm.Cli;

namespace UeFarm.Farm.Hosting;

/// <summary>What Prometheus sees of the process itself: version, memory, processor, garbage collection, thread pool.</summary>
internal static class ProcessMetrics
{
    public static void Register(CollectorRegistry registry)
    {
        DotNetStats.Register(registry);
        var factory = Metrics.WithCustomRegistry(registry);
        factory.CreateGauge("uefarm_build_info", "1: the version of the program and its runtime.", "version", "runtime")
            .WithLabels(ProgramVersion.Text, RuntimeInformation.FrameworkDescription).Set(1);
        var pause = factory.CreateCounter("uefarm_runtime_gc_pause_seconds_total", "Time in which garbage collection held all threads.");
        var queue = factory.CreateGauge("uefarm_runtime_thread_pool_queue", "Work that waits for a thread of the pool.");
        var threads = factory.CreateGauge("uefarm_runtime_thread_pool_threads", "Threads of the pool.");
        registry.AddBeforeCollectCallback(() =>
        {
            pause.IncTo(GC.GetTotalPauseDuration().TotalSeconds);
            queue.Set(ThreadPool.PendingWorkItemCount);
            threads.Set(ThreadPool.ThreadCount);
        });
    }
}
