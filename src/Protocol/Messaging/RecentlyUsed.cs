using System.Diagnostics.CodeAnalysis;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// A small cache of disposable values, the most recently used in front; what falls off the end is disposed. A list that is walked, because one
/// phone talks to few others and a hundred thousand phones have one each.
/// </summary>
internal sealed class RecentlyUsed<TKey, TValue>(int capacity)
    where TKey : IEquatable<TKey>
    where TValue : IDisposable
{
    private readonly List<KeyValuePair<TKey, TValue>> _entries = new(Math.Min(capacity, 2));

    public int Count => _entries.Count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        for (var place = 0; place < _entries.Count; place++)
        {
            var entry = _entries[place];
            if (!entry.Key.Equals(key))
            {
                continue;
            }

            for (; place > 0; place--)
            {
                _entries[place] = _entries[place - 1];
            }

            _entries[0] = entry;
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Takes the value over; one under the same key is replaced.</summary>
    public void Add(TKey key, TValue value)
    {
        Remove(key);
        if (_entries.Count == capacity)
        {
            _entries[^1].Value.Dispose();
            _entries.RemoveAt(_entries.Count - 1);
        }

        _entries.Insert(0, new KeyValuePair<TKey, TValue>(key, value));
    }

    public void Remove(TKey key)
    {
        var place = _entries.FindIndex(entry => entry.Key.Equals(key));
        if (place >= 0)
        {
            _entries[place].Value.Dispose();
            _entries.RemoveAt(place);
        }
    }
}
