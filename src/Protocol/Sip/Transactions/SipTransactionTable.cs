using System.Runtime.InteropServices;

namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>
/// The live transactions of a layer: by deadline (a heap of four children a node, each transaction knowing its place, so that nothing stale stays in
/// it) and by hash. With few of them the heap's array is searched instead of an index, and an emptied table gives its memory back.
/// </summary>
internal sealed class SipTransactionTable
{
    private const int Branching = 4;
    private const int FewestSlots = 2;
    private const int IndexFrom = 9;

    // An emptied table of a phone after a burst shrinks; that of a proxy, which fills again at once, keeps its arrays.
    private const int MostSlotsGivenBack = 4096;

    private Entry[] _heap = [];
    private Dictionary<int, SipTransaction>? _index;
    private Dictionary<long, SipClientTransaction>? _pending;

    public int Count { get; private set; }

    public Instant NextDeadline => Count == 0 ? Instant.Never : _heap[0].Deadline;

    /// <summary>The one with the earliest deadline; there must be one.</summary>
    public SipTransaction First => _heap[0].Transaction;

    /// <summary>In no useful order; for walks over all.</summary>
    public SipTransaction this[int slot] => _heap[slot].Transaction;

    public void Add(SipTransaction transaction, Instant deadline)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Math.Max(FewestSlots, Count * 2));
        }

        transaction.Slot = Count;
        _heap[Count++] = new Entry(deadline, transaction);
        SiftUp(transaction.Slot);
        if (_index is not null)
        {
            AddToIndex(transaction);
        }
        else if (Count == IndexFrom)
        {
            BuildIndex();
        }
    }

    /// <summary>After its machine's deadline has changed.</summary>
    public void Reschedule(SipTransaction transaction, Instant deadline)
    {
        var slot = transaction.Slot;
        var before = _heap[slot].Deadline;
        _heap[slot] = new Entry(deadline, transaction);
        if (deadline < before)
        {
            SiftUp(slot);
        }
        else if (deadline > before)
        {
            SiftDown(slot);
        }
    }

    public void Remove(SipTransaction transaction)
    {
        var slot = transaction.Slot;
        transaction.Slot = -1;
        Count--;
        var last = _heap[Count];
        _heap[Count] = default;
        if (slot < Count)
        {
            var before = _heap[slot].Deadline;
            _heap[slot] = last;
            last.Transaction.Slot = slot;
            if (last.Deadline < before)
            {
                SiftUp(slot);
            }
            else
            {
                SiftDown(slot);
            }
        }

        if (_index is not null)
        {
            RemoveFromIndex(transaction);
        }

        if (Count == 0 && _heap.Length > FewestSlots && _heap.Length <= MostSlotsGivenBack)
        {
            _heap = [];
            _index = null;
            _pending = null;
        }
    }

    public SipClientTransaction? FindClient(int hash, ReadOnlySpan<byte> branch, SipMethod method)
    {
        if (_index is null)
        {
            for (var slot = 0; slot < Count; slot++)
            {
                if (_heap[slot].Transaction is SipClientTransaction client && client.Hash == hash && client.IsMatch(branch, method))
                {
                    return client;
                }
            }

            return null;
        }

        for (var candidate = _index.GetValueOrDefault(hash); candidate is not null; candidate = candidate.NextOfHash)
        {
            if (candidate is SipClientTransaction client && client.IsMatch(branch, method))
            {
                return client;
            }
        }

        return null;
    }

    public SipServerTransaction? FindServer(int hash, SipRequest request)
    {
        if (_index is null)
        {
            for (var slot = 0; slot < Count; slot++)
            {
                if (_heap[slot].Transaction is SipServerTransaction server && server.Hash == hash && server.IsMatch(request))
                {
                    return server;
                }
            }

            return null;
        }

        for (var candidate = _index.GetValueOrDefault(hash); candidate is not null; candidate = candidate.NextOfHash)
        {
            if (candidate is SipServerTransaction server && server.IsMatch(request))
            {
                return server;
            }
        }

        return null;
    }

    /// <summary>One that waits for its final response; a completed one may bear the same token.</summary>
    public SipClientTransaction? FindPending(long token)
    {
        if (_pending is not null)
        {
            return _pending.TryGetValue(token, out var found) && found.IsPending ? found : null;
        }

        for (var slot = 0; slot < Count; slot++)
        {
            if (_heap[slot].Transaction is SipClientTransaction { IsPending: true } client && client.Token == token)
            {
                return client;
            }
        }

        return null;
    }

    private void BuildIndex()
    {
        _index = new Dictionary<int, SipTransaction>(Count * 2);
        _pending = [];
        for (var slot = 0; slot < Count; slot++)
        {
            AddToIndex(_heap[slot].Transaction);
        }
    }

    private void AddToIndex(SipTransaction transaction)
    {
        ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(_index!, transaction.Hash, out _);
        transaction.NextOfHash = head;
        head = transaction;
        if (transaction is SipClientTransaction { IsPending: true } client)
        {
            _pending![client.Token] = client;
        }
    }

    private void RemoveFromIndex(SipTransaction transaction)
    {
        if (transaction is SipClientTransaction client && _pending!.TryGetValue(client.Token, out var held) && ReferenceEquals(held, client))
        {
            _pending.Remove(client.Token);
        }

        var head = _index![transaction.Hash];
        if (!ReferenceEquals(head, transaction))
        {
            while (!ReferenceEquals(head.NextOfHash, transaction))
            {
                head = head.NextOfHash!;
            }

            head.NextOfHash = transaction.NextOfHash;
        }
        else if (transaction.NextOfHash is null)
        {
            _index.Remove(transaction.Hash);
        }
        else
        {
            _index[transaction.Hash] = transaction.NextOfHash;
        }

        transaction.NextOfHash = null;
    }

    private void SiftUp(int slot)
    {
        var moving = _heap[slot];
        while (slot > 0)
        {
            var parent = (slot - 1) / Branching;
            if (_heap[parent].Deadline <= moving.Deadline)
            {
                break;
            }

            Place(slot, _heap[parent]);
            slot = parent;
        }

        Place(slot, moving);
    }

    private void SiftDown(int slot)
    {
        var moving = _heap[slot];
        while (true)
        {
            var first = (slot * Branching) + 1;
            if (first >= Count)
            {
                break;
            }

            var smallest = first;
            var end = Math.Min(first + Branching, Count);
            for (var child = first + 1; child < end; child++)
            {
                smallest = _heap[child].Deadline < _heap[smallest].Deadline ? child : smallest;
            }

            if (moving.Deadline <= _heap[smallest].Deadline)
            {
                break;
            }

            Place(slot, _heap[smallest]);
            slot = smallest;
        }

        Place(slot, moving);
    }

    private void Place(int slot, in Entry entry)
    {
        _heap[slot] = entry;
        entry.Transaction.Slot = slot;
    }

    private readonly record struct Entry(Instant Deadline, SipTransaction Transaction);
}
