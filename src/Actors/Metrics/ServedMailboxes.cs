using UeFarm.Actors.Mailbox;

namespace UeFarm.Actors.Metrics;

/// <summary>The counters of the application servers of a process, together. What one that has ended counted stays counted; what it had does not. Thread-safe.</summary>
internal sealed class ServedMailboxes
{
    private readonly Lock _gate = new();
    private readonly List<ApplicationServerCounters> _all = [];
    private readonly List<ApplicationServerCounters> _working = [];

    /// <summary>Those that work now.</summary>
    public IReadOnlyList<ApplicationServerCounters> Working
    {
        get
        {
            lock (_gate)
            {
                return [.. _working];
            }
        }
    }

    public static ServedMailboxes Of(ApplicationServerCounters server)
    {
        var served = new ServedMailboxes();
        served.Add(server);
        return served;
    }

    /// <summary>It works until what is returned is disposed.</summary>
    public IDisposable Add(ApplicationServerCounters server)
    {
        lock (_gate)
        {
            _all.Add(server);
            _working.Add(server);
        }

        return new Work(this, server);
    }

    /// <summary>What all servers counted.</summary>
    public long Sum(Func<ApplicationServerCounters, long> of)
    {
        lock (_gate)
        {
            return _all.Sum(of);
        }
    }

    /// <summary>What the servers that work have now.</summary>
    public long SumNow(Func<ApplicationServerCounters, long> of)
    {
        lock (_gate)
        {
            return _working.Sum(of);
        }
    }

    private void End(ApplicationServerCounters server)
    {
        lock (_gate)
        {
            _working.Remove(server);
        }
    }

    private sealed class Work(ServedMailboxes served, ApplicationServerCounters server) : IDisposable
    {
        public void Dispose() => served.End(server);
    }
}
