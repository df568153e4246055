using System.Text;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace UeFarm.Protocol.Replay;

/// <summary>
/// Numbers senders from 0 as they come and never forgets one. A sender is kept as 8 bytes, its SipHash-2-4 under a key that only the phone knows: nobody
/// can choose identities that meet in it. Two that meet all the same are one sender to it. Binary search; a new sender moves those behind it in the order of
/// hashes.
/// </summary>
internal sealed class SenderTable
{
    public const int KeyBytes = 16;

    /// <summary>A sender's bytes in a snapshot.</summary>
    public const int HashBytes = 8;

    // Room for the UTF-8 of 41 characters at the worst, which few identities exceed; longer ones are hashed from the heap.
    private const int ShortText = 128;
    private const int FirstSenders = 4;

    // 64-bit runtime: this object and the SipHash with its header each; an array has 24 bytes of header and length.
    private const int ObjectBytes = 48 + 88;
    private const int ArrayBytes = 24;

    private readonly SipHash _hash = new();
    private readonly int _most;
    private ulong[] _hashes = [];
    private ushort[] _numbers = [];

    /// <param name="key">16 random bytes.</param>
    /// <param name="most">Senders at most.</param>
    public SenderTable(ReadOnlySpan<byte> key, int most)
    {
        _hash.Init(new KeyParameter(key));
        _most = most;
    }

    public int Count { get; private set; }

    public long MemoryBytes => ObjectBytes + (_hashes.Length == 0 ? 0 : Rounded(_hashes.Length * HashBytes) + Rounded(_numbers.Length * 2));

    public ulong HashOf(string sender)
    {
        var length = Encoding.UTF8.GetMaxByteCount(sender.Length);
        var bytes = length <= ShortText ? stackalloc byte[ShortText] : new byte[length];
        _hash.BlockUpdate(bytes[..Encoding.UTF8.GetBytes(sender, bytes)]);
        return (ulong)_hash.DoFinal();
    }

    public bool TryFind(ulong hash, out int number)
    {
        var place = Array.BinarySearch(_hashes, 0, Count, hash);
        number = place < 0 ? -1 : _numbers[place];
        return place >= 0;
    }

    /// <summary>Gives a sender the next number. False: it has one, or there are as many as there may be.</summary>
    public bool TryAdd(ulong hash)
    {
        var place = ~Array.BinarySearch(_hashes, 0, Count, hash);
        if (place < 0 || Count == _most)
        {
            return false;
        }

        if (Count == _hashes.Length)
        {
            var room = (int)Math.Min(_most, Math.Max(FirstSenders, Count + (Count / 2L)));
            Array.Resize(ref _hashes, room);
            Array.Resize(ref _numbers, room);
        }

        _hashes.AsSpan(place, Count - place).CopyTo(_hashes.AsSpan(place + 1));
        _numbers.AsSpan(place, Count - place).CopyTo(_numbers.AsSpan(place + 1));
        _hashes[place] = hash;
        _numbers[place] = (ushort)Count++;
        return true;
    }

    /// <summary>The hashes in the order of their numbers. The destination has <see cref="Count"/> of them.</summary>
    public void CopyTo(Span<ulong> destination)
    {
        for (var place = 0; place < Count; place++)
        {
            destination[_numbers[place]] = _hashes[place];
        }
    }

    private static long Rounded(int bytes) => (ArrayBytes + bytes + 7) & ~7;
}
