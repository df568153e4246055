using UeFarm.Protocol;

namespace UeFarm.Actors.Attack;

/// <summary>The most recent captures, overwritten round robin; adding is lock-free.</summary>
internal sealed class CaptureRing(int size)
{
    private readonly CapturedMessage?[] _slots = new CapturedMessage?[size];
    private long _added;

    public void Add(CapturedMessage capture) => Volatile.Write(ref _slots[(int)((Interlocked.Increment(ref _added) - 1) % _slots.Length)], capture);

    /// <summary>A random capture of those kept; null: there is none yet.</summary>
    public CapturedMessage? Draw(IRandomSource random)
    {
        var kept = (ulong)Math.Min(Volatile.Read(ref _added), _slots.Length);
        return kept == 0 ? null : Volatile.Read(ref _slots[(int)(random.NextUInt64() % kept)]);
    }
}
