using System.Numerics;

namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>
/// Remembers in bounded memory which nonce was used up to which count. A nonce is known by the number it was issued with; a
/// place holds the youngest nonce that was used there. An older one that comes to a taken place is refused, because whether it
/// was used is no longer known: so a replay never gets through, and at worst an honest client is asked once more.
/// </summary>
internal sealed class NonceWindow
{
    private readonly ulong[] _numbers;
    private readonly uint[] _counts;
    private readonly int _shift;

    /// <summary>Slots: a power of two.</summary>
    public NonceWindow(int slots)
    {
        if (slots < 2 || !BitOperations.IsPow2(slots))
        {
            throw new ArgumentOutOfRangeException(nameof(slots), slots, "a power of two is needed");
        }

        _numbers = new ulong[slots];
        _counts = new uint[slots];
        _shift = 64 - BitOperations.Log2((uint)slots);
    }

    /// <summary>Number: above 0, growing with the time of issue. True: never used with this count or a higher one.</summary>
    public bool TryUse(ulong number, uint count)
    {
        var slot = (int)((number * 0x9E3779B97F4A7C15UL) >> _shift);
        if (_numbers[slot] > number || (_numbers[slot] == number && _counts[slot] >= count))
        {
            return false;
        }

        _numbers[slot] = number;
        _counts[slot] = count;
        return true;
    }
}
