namespace UeFarm.Protocol.Messaging;

/// <summary>A ring of effects without a fixed owner: idle phones hold none, because an emptied ring goes back to its thread. Mutable: never copy it.</summary>
internal struct UeEffectQueue
{
    private const int FewestSlots = 4;
    private const int MostSlotsKept = 64;

    [ThreadStatic]
    private static UeEffect[]? _spare;

    private UeEffect[]? _slots;
    private int _head;
    private int _count;

    public void Enqueue(in UeEffect effect)
    {
        if (_slots is null)
        {
            _slots = _spare ?? new UeEffect[FewestSlots];
            _spare = null;
            _head = 0;
        }
        else if (_count == _slots.Length)
        {
            Grow();
        }

        _slots![(_head + _count++) & (_slots.Length - 1)] = effect;
    }

    public bool TryDequeue(out UeEffect effect)
    {
        if (_count == 0)
        {
            effect = default;
            return false;
        }

        effect = _slots![_head];
        _slots[_head] = default;
        _head = (_head + 1) & (_slots.Length - 1);
        if (--_count == 0)
        {
            _spare = _slots.Length <= MostSlotsKept ? _slots : _spare;
            _slots = null;
        }

        return true;
    }

    private void Grow()
    {
        var larger = new UeEffect[_slots!.Length * 2];
        var untilEnd = _slots.Length - _head;
        Array.Copy(_slots, _head, larger, 0, untilEnd);
        Array.Copy(_slots, 0, larger, untilEnd, _head);
        _slots = larger;
        _head = 0;
    }
}
