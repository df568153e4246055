using System.Collections.Concurrent;
using Akka.Dispatch;

namespace UeFarm.Actors.Virtual;

/// <summary>
/// Runs actors in the order in which they got something to do, on the thread that empties the queue, so that one seed gives one run. Only while it is held:
/// before, while the actor system starts, and after, while it ends, actors run on the thread pool, because Akka waits for some of them there.
/// </summary>
internal sealed class VirtualDispatcher : MessageDispatcher
{
    private readonly ConcurrentQueue<IRunnable> _queue = new();
    private volatile bool _isHeld;

    public VirtualDispatcher(MessageDispatcherConfigurator configurator, string id, int throughput)
        : base(configurator)
    {
        Id = id;
        Throughput = throughput;
    }

    /// <summary>From now on nothing runs but in <see cref="RunAll"/>.</summary>
    public void Hold() => _isHeld = true;

    /// <summary>From now on actors run on the thread pool again, with what is left in the queue.</summary>
    public void Release()
    {
        _isHeld = false;
        while (_queue.TryDequeue(out var run))
        {
            RunOnPool(run);
        }
    }

    /// <summary>Runs all that there is to do, and what comes of it, on this thread.</summary>
    public void RunAll()
    {
        while (_queue.TryDequeue(out var run))
        {
            run.Run();
        }
    }

    protected override void ExecuteTask(IRunnable run)
    {
        if (_isHeld)
        {
            _queue.Enqueue(run);
        }
        else
        {
            RunOnPool(run);
        }
    }

    protected override void Shutdown()
    {
        // There is no thread to stop.
    }

    private static void RunOnPool(IRunnable run) => ThreadPool.UnsafeQueueUserWorkItem(static work => work.Run(), run, preferLocal: false);
}
