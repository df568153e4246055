namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>A ring of effects. A layer borrows one from its thread while it has any and gives it back with the last,
/// so that 100,000 idle layers hold none.</summary>
internal sealed class SipTransactionEffectQueue
{
    private const int InitialSlots = 8;
    private const int MostSlotsKept = 1024;
    private const int MostQueuesKept = 16;

    [ThreadStatic]
    private static SipTransactionEffectQueue? _free;

    private SipTransactionEffect[] _slots = new SipTransactionEffect[InitialSlots];
    private SipTransactionEffectQueue? _nextFree;
    private int _freeBehind;
    private int _head;
    private int _count;

    private SipTransactionEffectQueue()
    {
    }

    public static SipTransactionEffectQueue Rent()
    {
        var queue = _free;
        if (queue is null)
        {
            return new SipTransactionEffectQueue();
        }

        _free = queue._nextFree;
        queue._nextFree = null;
        return queue;
    }

    public void Enqueue(in SipTransactionEffect effect)
    {
        if (_count == _slots.Length)
        {
            var larger = new SipTransactionEffect[_count * 2];
            var untilEnd = _slots.Length - _head;
            Array.Copy(_slots, _head, larger, 0, untilEnd);
            Array.Copy(_slots, 0, larger, untilEnd, _head);
            _slots = larger;
            _head = 0;
        }

        _slots[(_head + _count++) & (_slots.Length - 1)] = effect;
    }

    /// <summary>The oldest effect; true in <paramref name="emptied"/> means that the queue has gone back and must not be used any more.</summary>
    public SipTransactionEffect Dequeue(out bool emptied)
    {
        var effect = _slots[_head];
        _slots[_head] = default;
        _head = (_head + 1) & (_slots.Length - 1);
        emptied = --_count == 0;
        if (emptied)
        {
            GiveBack();
        }

        return effect;
    }

    private void GiveBack()
    {
        var behind = _free is null ? 0 : _free._freeBehind + 1;
        if (behind < MostQueuesKept && _slots.Length <= MostSlotsKept)
        {
            _freeBehind = behind;
            _nextFree = _free;
            _free = this;
        }
    }
}
