using UeFarm.Protocol;

namespace UeFarm.Actors.Attack;

/// <summary>The most recent captures, overwritten round robin; adding is lock-free.</summary>
internal sealed class CaptureRing(int size)
{
    private readonly CapturedMessage?[] _slots = new CapturedMessage?[size];
    private int _next;

    public void Add(CapturedMessage capture) => Volatile.Write(ref _slots[(uint)Interlocked.Increment(ref _next) % (uint)_slots.Length], capture);

    /// <summary>A random capture; null while there is none in the slot that was drawn.</summary>
    public CapturedMessage? Draw(IRandomSource random) => Volatile.Read(ref _slots[(int)(random.NextUInt64() % (ulong)_slots.Length)]);
}
