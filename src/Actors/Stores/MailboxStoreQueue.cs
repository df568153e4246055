namespace UeFarm.Actors.Stores;

/// <summary>What waits for the store's thread: bounded in records and bytes, taken all at once. What is not urgent waits a little for company.</summary>
internal sealed class MailboxStoreQueue(MailboxStoreSettings settings)
{
    private readonly object _gate = new();
    private List<MailboxStoreCommand> _queue = [];
    private List<MailboxStoreCommand> _taken = [];
    private int _queuedRecords;
    private long _queuedBytes;
    private bool _isUrgent;
    private bool _isClosed;
    private volatile bool _refusesAppends;

    /// <summary>While the database is away: nobody is to wait for what cannot be done.</summary>
    public bool RefusesAppends
    {
        set => _refusesAppends = value;
    }

    public bool TryAdd(in MailboxStoreCommand command, bool urgent)
    {
        lock (_gate)
        {
            if (_isClosed || (command.Kind == MailboxStoreCommandKind.Append && !TryReserve(command)))
            {
                return false;
            }

            _queue.Add(command);

            // The thread sleeps until there is something, then for LazyDelay unless something is urgent.
            if (_queue.Count == 1 || (urgent && !_isUrgent))
            {
                Monitor.Pulse(_gate);
            }

            _isUrgent |= urgent;
            return true;
        }
    }

    /// <summary>All that waits; empty when nothing came within the given time. Valid until the next call. Closed: nothing can follow.</summary>
    public List<MailboxStoreCommand> Take(TimeSpan longestWait, out bool isClosed)
    {
        lock (_gate)
        {
            if (_queue.Count == 0 && !_isClosed)
            {
                Monitor.Wait(_gate, longestWait);
            }

            if (_queue.Count > 0 && !_isUrgent && !_isClosed)
            {
                Monitor.Wait(_gate, settings.LazyDelay);
            }

            _taken.Clear();
            (_queue, _taken) = (_taken, _queue);
            _isUrgent = false;
            isClosed = _isClosed;
            return _taken;
        }
    }

    /// <summary>The appends among the commands wait no longer.</summary>
    public void Release(ReadOnlySpan<MailboxStoreCommand> commands)
    {
        lock (_gate)
        {
            foreach (ref readonly var command in commands)
            {
                if (command.Kind == MailboxStoreCommandKind.Append)
                {
                    _queuedRecords--;
                    _queuedBytes -= command.Record!.Body.Length;
                }
            }
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private bool TryReserve(in MailboxStoreCommand append)
    {
        var bytes = append.Record!.Body.Length;
        if (_refusesAppends || _queuedRecords >= settings.MaxQueuedRecords || _queuedBytes + bytes > settings.MaxQueuedBytes)
        {
            return false;
        }

        _queuedRecords++;
        _queuedBytes += bytes;
        return true;
    }
}
