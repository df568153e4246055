using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>
/// What waits for the store's thread: bounded in records and bytes, taken a transaction at a time, senders first (<see cref="TransactionQueue{T}"/>). What is
/// not urgent waits a little for company.
/// </summary>
internal sealed class MailboxStoreQueue(MailboxStoreSettings settings)
{
    private readonly object _gate = new();
    private readonly TransactionQueue<MailboxStoreCommand> _queue = new();
    private readonly List<MailboxStoreCommand> _taken = [];
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

            _queue.Add(LineOf(command), command);

            // The thread sleeps until there is something, then for LazyDelay unless something is urgent.
            if (_queue.Count == 1 || (urgent && !_isUrgent))
            {
                Monitor.Pulse(_gate);
            }

            _isUrgent |= urgent;
            return true;
        }
    }

    /// <summary>The next transaction; empty when nothing came within the given time. Valid until the next call. Closed: nothing can follow.</summary>
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
            _queue.Take(_taken, settings.MaxBatch);
            _isUrgent = _queue.Count > 0; // what did not fit has waited long enough
            isClosed = _isClosed && _queue.Count == 0;
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

    private static TransactionLine LineOf(in MailboxStoreCommand command) => command.Kind switch
    {
        MailboxStoreCommandKind.Append => TransactionLine.Append,
        MailboxStoreCommandKind.Read when command.Question.Kind == MailboxReadKind.Page => TransactionLine.Page,
        MailboxStoreCommandKind.ReadAfter or MailboxStoreCommandKind.Flush => TransactionLine.Page,
        _ => TransactionLine.Removal,
    };

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
