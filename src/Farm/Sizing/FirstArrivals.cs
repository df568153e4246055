using System.Runtime.CompilerServices;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>
/// Which (phone, timestamp, digest) have arrived: an exact set by open addressing, in parts that grow one by one so that growing never needs twice the memory.
/// For one thread.
/// </summary>
internal sealed class FirstArrivals
{
    private const int Parts = 64;
    private const int FirstSlots = 16;

    private readonly Part[] _parts = new Part[Parts];

    /// <summary>Heap bytes of all tables.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>A number that spreads rows evenly, the same in every process; its upper bits choose among files, the middle ones the part, the lower ones the slot.</summary>
    public static ulong HashOf(in TraceRow row)
    {
        var hash = (row.Timestamp + 0x9E3779B97F4A7C15UL) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 31) ^ row.Digest.High) * 0x94D049BB133111EBUL;
        hash = (hash ^ (hash >> 29) ^ row.Digest.Middle) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 32) ^ row.Digest.Low ^ ((ulong)(uint)row.Phone << 32)) * 0x94D049BB133111EBUL;
        return hash ^ (hash >> 30);
    }

    /// <summary>True: it had not arrived before.</summary>
    public bool Add(in TraceRow row, ulong hash)
    {
        ref var part = ref _parts[(hash >> 40) % Parts];
        if (part.Slots is null || part.Count >= part.Slots.Length / 4 * 3)
        {
            Grow(ref part);
        }

        var slots = part.Slots!;
        var at = (int)((uint)hash % (uint)slots.Length);
        var wanted = new Slot(row);
        while (slots[at].IsUsed)
        {
            if (slots[at] == wanted)
            {
                return false;
            }

            at = at + 1 == slots.Length ? 0 : at + 1;
        }

        slots[at] = wanted;
        part.Count++;
        return true;
    }

    private void Grow(ref Part part)
    {
        var old = part.Slots ?? [];
        var slots = new Slot[Math.Max(FirstSlots, old.Length / 2 * 3)];
        MemoryBytes += (slots.Length - old.Length) * (long)Unsafe.SizeOf<Slot>();
        foreach (ref readonly var slot in old.AsSpan())
        {
            if (!slot.IsUsed)
            {
                continue;
            }

            var at = (int)((uint)HashOf(slot.ToRow()) % (uint)slots.Length);
            while (slots[at].IsUsed)
            {
                at = at + 1 == slots.Length ? 0 : at + 1;
            }

            slots[at] = slot;
        }

        part.Slots = slots;
    }

    private struct Part
    {
        public Slot[]? Slots;
        public int Count;
    }

    /// <summary>32 bytes; the phone is kept plus one, so that an unused slot differs from all of them.</summary>
    private readonly record struct Slot(ulong Timestamp, ulong High, ulong Middle, uint Low, int PhonePlusOne)
    {
        public Slot(in TraceRow row)
            : this(row.Timestamp, row.Digest.High, row.Digest.Middle, row.Digest.Low, row.Phone + 1)
        {
        }

        public bool IsUsed => PhonePlusOne != 0;

        public TraceRow ToRow() => new(PhonePlusOne - 1, Timestamp, new ReplayDigest(High, Middle, Low), true);
    }
}
