using System.Diagnostics;
using UeFarm.Actors.Cluster;

namespace UeFarm.Benchmarks.Load;

/// <summary>How long it takes a cluster of three with its default timing to miss a node that was killed, and to remove it; and a node to leave in order.</summary>
internal static class RemovalLoad
{
    private const int Kills = 5;
    private const int Leaves = 3;

    public static async Task RunAsync()
    {
        var clock = new Clock();
        var first = await ClusterNodes.StartAsync(null, clock);
        var second = await ClusterNodes.StartAsync(first, new Clock());
        Table.Head("seconds after a kill", "unreachable", "removed");
        for (var kill = 0; kill < Kills; kill++)
        {
            var third = await ClusterNodes.StartAsync(first, new Clock());
            clock.Start();
            await third.System.Terminate();
            Table.Row($"kill {kill + 1}", await clock.Unreachable, await clock.Removed);
        }

        Table.Head("seconds to leave in order", "node's end", "removed");
        for (var leave = 0; leave < Leaves; leave++)
        {
            var third = await ClusterNodes.StartAsync(first, new Clock());
            clock.Start();
            await third.LeaveAsync(TimeSpan.FromMinutes(1));
            Table.Row($"leave {leave + 1}", clock.Elapsed, await clock.Removed);
        }

        await second.System.Terminate();
        await first.System.Terminate();
    }

    private sealed class Clock : IClusterObserver
    {
        private long _started;
        private TaskCompletionSource<double> _unreachable = new();
        private TaskCompletionSource<double> _removed = new();

        public double Elapsed => Stopwatch.GetElapsedTime(_started).TotalSeconds;

        public Task<double> Unreachable => _unreachable.Task;

        public Task<double> Removed => _removed.Task;

        public void Start()
        {
            _unreachable = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _started = Stopwatch.GetTimestamp();
        }

        public void OnUp(ClusterMember member)
        {
        }

        public void OnUnreachable(ClusterMember member) => _unreachable.TrySetResult(Elapsed);

        public void OnReachable(ClusterMember member)
        {
        }

        public void OnRemoved(ClusterMember member, bool hasLeft) => _removed.TrySetResult(Elapsed);
    }
}
