using UeFarm.Protocol;

namespace UeFarm.Actors.Traffic;

/// <summary>A set of phone numbers with O(1) add, remove and pick; its order depends only on what was done to it.</summary>
internal sealed class PhoneSet
{
    private readonly int[] _members;
    private readonly int[] _positions;

    public PhoneSet(int phones, bool full)
    {
        _members = new int[phones];
        _positions = new int[phones];
        Array.Fill(_positions, -1);
        for (var phone = 0; full && phone < phones; phone++)
        {
            Add(phone);
        }
    }

    public int Count { get; private set; }

    public bool Contains(int phone) => _positions[phone] >= 0;

    public int this[int position] => _members[position];

    public void Add(int phone)
    {
        if (_positions[phone] >= 0)
        {
            return;
        }

        _positions[phone] = Count;
        _members[Count++] = phone;
    }

    public void Remove(int phone)
    {
        var position = _positions[phone];
        if (position < 0)
        {
            return;
        }

        var last = _members[--Count];
        _members[position] = last;
        _positions[last] = position;
        _positions[phone] = -1;
    }

    /// <summary>Different members, chosen at random; the set itself does not change.</summary>
    public int[] Sample(int count, IRandomSource random)
    {
        var copy = _members.AsSpan(0, Count).ToArray();
        for (var i = 0; i < count; i++)
        {
            var other = i + random.NextBelow(copy.Length - i);
            (copy[i], copy[other]) = (copy[other], copy[i]);
        }

        return copy.AsSpan(0, count).ToArray();
    }
}
