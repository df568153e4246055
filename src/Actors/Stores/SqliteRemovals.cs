using Microsoft.Data.Sqlite;

namespace UeFarm.Actors.Stores;

/// <summary>
/// Removed messages whose rows are still there. A row and its line in the index are on two pages that others share: to delete them one by one writes both
/// each time. A removal is therefore noted, durably, in a few bytes at the end of a small table, and hidden from every read; the rows go by the thousand,
/// when most of what is on their pages goes with them. Used within the transactions of <see cref="SqliteMailboxDatabase"/>; not thread-safe.
/// </summary>
internal sealed class SqliteRemovals : IDisposable
{
    /// <summary>For sums: whether the message with this arrival was removed.</summary>
    public const string Function = "is_removed";

    /// <summary>
    /// So many and they are deleted, all in one transaction: the more, the fewer pages for each; the fewer, the shorter others wait for it.
    /// </summary>
    private const int Most = 8192;

    /// <summary>While nothing else is to do.</summary>
    private const int Step = 1024;

    private readonly HashSet<long> _hidden = [];
    private readonly Queue<(long Number, long Arrival)> _pending = new();
    private readonly List<(long Number, long Arrival)> _added = [];
    private readonly List<long> _sweep = [];
    private readonly SqliteStatement _note;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement _forget;
    private long _lastNumber;
    private int _swept;
    private bool _isCramped;

    public SqliteRemovals(SqliteConnection connection)
    {
        var handle = connection.Handle!;
        connection.CreateFunction<long, bool>(Function, Contains);
        using (var noted = new SqliteStatement(handle, "SELECT number, arrival FROM removed ORDER BY number"))
        {
            while (noted.Step())
            {
                _lastNumber = noted.Int64(0);
                Hide((_lastNumber, noted.Int64(1)));
            }
        }

        _note = new SqliteStatement(handle, "INSERT INTO removed (number, arrival) VALUES (?, ?)");
        _delete = new SqliteStatement(handle, "DELETE FROM messages WHERE arrival = ?");
        _forget = new SqliteStatement(handle, "DELETE FROM removed WHERE number <= ?");
    }

    public bool IsEmpty => _pending.Count == 0;

    public bool Contains(long arrival) => _hidden.Contains(arrival);

    /// <summary>At the start of a transaction that writes: deletes rows when enough have gathered.</summary>
    public void Begin()
    {
        if (_pending.Count >= Most)
        {
            SweepAll();
        }
    }

    /// <summary>Removes a message; one that is not there is no mistake.</summary>
    public void Remove(long arrival)
    {
        if (_isCramped)
        {
            _delete.Bind(1, arrival).Execute();
        }
        else if (!_hidden.Contains(arrival))
        {
            // Numbers are not used twice: what a transaction in doubt noted may be in the file.
            _note.Bind(1, ++_lastNumber).Bind(2, arrival).Execute();
            _added.Add((_lastNumber, arrival));
            _hidden.Add(arrival);
        }
    }

    public void Committed()
    {
        for (; _swept > 0; _swept--)
        {
            _hidden.Remove(_pending.Dequeue().Arrival);
        }

        _added.ForEach(_pending.Enqueue);
        _added.Clear();
        _isCramped = false;
    }

    /// <summary>Nothing of the transaction counts. Notes may have had no room: the next one deletes rows at once.</summary>
    public void RolledBack()
    {
        _swept = 0;
        foreach (var (_, arrival) in _added)
        {
            _hidden.Remove(arrival);
        }

        _added.Clear();
        _isCramped = true;
    }

    /// <summary>Deletes some rows in the transaction that is open.</summary>
    public void SweepStep() => Sweep(Step);

    /// <summary>Deletes all rows in the transaction that is open.</summary>
    public void SweepAll() => Sweep(_pending.Count);

    public void Dispose()
    {
        _note.Dispose();
        _delete.Dispose();
        _forget.Dispose();
    }

    private void Hide((long Number, long Arrival) removal)
    {
        _pending.Enqueue(removal);
        _hidden.Add(removal.Arrival);
    }

    private void Sweep(int most)
    {
        _sweep.Clear();
        var last = 0L;
        foreach (var (number, arrival) in _pending)
        {
            if (_sweep.Count == most)
            {
                break;
            }

            last = number;
            _sweep.Add(arrival);
        }

        if (_sweep.Count == 0)
        {
            return;
        }

        // Rows lie in the order of arrival.
        _swept = _sweep.Count;
        _sweep.Sort();
        foreach (var arrival in _sweep)
        {
            _delete.Bind(1, arrival).Execute();
        }

        _forget.Bind(1, last).Execute();
    }
}
