using System.Diagnostics.CodeAnalysis;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>The bindings of a registrar: by address of record, newest first, and by deadline in a heap that knows each one's place.</summary>
internal sealed class LocationTable
{
    private readonly Dictionary<string, Binding> _newest = new(StringComparer.Ordinal);

    /// <summary>Those with a binding, as a list of its own.</summary>
    public IReadOnlyList<string> AddressesOfRecord => [.. _newest.Keys];
    private Binding[] _heap = [];

    public int Count { get; private set; }

    public Instant NextDeadline => Count == 0 ? Instant.Never : _heap[0].ExpiresAt;

    /// <summary>The newest binding; follow Older for the others. Those past their time count as gone.</summary>
    public bool TryGet(string addressOfRecord, Instant now, [NotNullWhen(true)] out Binding? newest)
    {
        _newest.TryGetValue(addressOfRecord, out newest);
        while (newest is not null && newest.ExpiresAt <= now)
        {
            newest = newest.Older;
        }

        return newest is not null;
    }

    /// <summary>Makes a binding, as the newest of its address of record. Keeps the contact's bytes.</summary>
    public void Add(string addressOfRecord, byte[] contact, in BindingUpdate update, SipHop source)
    {
        // The key object of the first binding serves all later ones.
        _newest.TryGetValue(addressOfRecord, out var older);
        var binding = new Binding(older?.AddressOfRecord ?? addressOfRecord, contact) { Older = older };
        binding.Refresh(update, source);
        _newest[binding.AddressOfRecord] = binding;
        Push(binding);
    }

    /// <summary>Refreshes a binding and makes it the newest.</summary>
    public void Refresh(Binding binding, in BindingUpdate update, SipHop source)
    {
        var newest = _newest[binding.AddressOfRecord];
        if (newest != binding)
        {
            Unlink(newest, binding);
            binding.Older = newest;
            _newest[binding.AddressOfRecord] = binding;
        }

        binding.Refresh(update, source);
        SiftDown(SiftUp(binding.HeapIndex));
    }

    public void Remove(Binding binding)
    {
        var newest = _newest[binding.AddressOfRecord];
        if (newest != binding)
        {
            Unlink(newest, binding);
        }
        else if (binding.Older is { } older)
        {
            _newest[binding.AddressOfRecord] = older;
        }
        else
        {
            _newest.Remove(binding.AddressOfRecord);
        }

        binding.Older = null;
        var hole = binding.HeapIndex;
        var last = _heap[--Count];
        _heap[Count] = null!;
        binding.HeapIndex = -1;
        if (last != binding)
        {
            Place(last, hole);
            SiftDown(SiftUp(hole));
        }
    }

    /// <summary>Takes out one binding whose time is over.</summary>
    public bool TryRemoveExpired(Instant now, [NotNullWhen(true)] out Binding? expired)
    {
        expired = Count > 0 && _heap[0].ExpiresAt <= now ? _heap[0] : null;
        if (expired is not null)
        {
            Remove(expired);
        }

        return expired is not null;
    }

    private static void Unlink(Binding newest, Binding binding)
    {
        var newer = newest;
        while (newer.Older != binding)
        {
            newer = newer.Older!;
        }

        newer.Older = binding.Older;
    }

    private void Push(Binding binding)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Math.Max(16, Count + (Count / 2)));
        }

        Place(binding, Count++);
        SiftUp(binding.HeapIndex);
    }

    private int SiftUp(int index)
    {
        var moving = _heap[index];
        while (index > 0 && moving.ExpiresAt < _heap[(index - 1) / 2].ExpiresAt)
        {
            Place(_heap[(index - 1) / 2], index);
            index = (index - 1) / 2;
        }

        Place(moving, index);
        return index;
    }

    private void SiftDown(int index)
    {
        var moving = _heap[index];
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _heap[child + 1].ExpiresAt < _heap[child].ExpiresAt)
            {
                child++;
            }

            if (moving.ExpiresAt <= _heap[child].ExpiresAt)
            {
                break;
            }

            Place(_heap[child], index);
            index = child;
        }

        Place(moving, index);
    }

    private void Place(Binding binding, int index)
    {
        _heap[index] = binding;
        binding.HeapIndex = index;
    }
}
