namespace UeFarm.Actors.Stores;

/// <summary>
/// What waits for the thread of a store, and which of it goes into the next transaction. Three lines: an item can be overtaken by those of the lines
/// before its own, and by nothing else. When phones by the thousand drain at once there is always more waiting than a transaction holds: in one
/// line a sender would wait seconds for its 202, and the messages delivered in those seconds would come again after a crash. Pages come last
/// so that what was read is delivered and removed while it is still in the database's memory. Not thread-safe.
/// </summary>
internal sealed class TransactionQueue<T>
{
    /// <summary>A page is read from as many places as it has records; that many removals follow it.</summary>
    private const int PageCost = 16;

    /// <summary>The part of a transaction that is kept for pages while there is more than enough of the rest.</summary>
    private const int PageShare = 32;

    private readonly Queue<(long Number, T Item)> _appends = new();
    private readonly Queue<(long Number, T Item)> _removals = new();
    private readonly Queue<(long Number, T Item)> _pages = new();
    private long _lastNumber;

    public int Count => _appends.Count + _removals.Count + _pages.Count;

    public void Add(TransactionLine line, in T item)
    {
        var queue = line switch
        {
            TransactionLine.Append => _appends,
            TransactionLine.Removal => _removals,
            _ => _pages,
        };
        queue.Enqueue((++_lastNumber, item));
    }

    /// <summary>
    /// Adds the next transaction to the batch, in the order in which it is to be carried out; at most so many items, a page counting as several. A flood
    /// of appends leaves half to the removals (what is stored is removed some day), a flood of both a little to the pages.
    /// </summary>
    public void Take(List<T> batch, int most)
    {
        var forPages = Math.Min(_pages.Count * PageCost, most / PageShare);
        var forRemovals = Math.Min(_removals.Count, most / 2);
        var appends = Math.Clamp(most - forPages - forRemovals, 1, most);
        while (appends-- > 0 && _appends.TryDequeue(out var next))
        {
            batch.Add(next.Item);
            most--;
        }

        while (most > forPages && IsOldest(_removals, NumberOf(_appends)))
        {
            batch.Add(_removals.Dequeue().Item);
            most--;
        }

        while (most > 0 && IsOldest(_pages, Math.Min(NumberOf(_appends), NumberOf(_removals))))
        {
            batch.Add(_pages.Dequeue().Item);
            most -= PageCost;
        }
    }

    private static long NumberOf(Queue<(long Number, T Item)> queue) => queue.TryPeek(out var first) ? first.Number : long.MaxValue;

    private static bool IsOldest(Queue<(long Number, T Item)> queue, long other) => queue.Count > 0 && NumberOf(queue) < other;
}
