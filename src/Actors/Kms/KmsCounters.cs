using UeFarm.Protocol.Kms;

namespace UeFarm.Actors.Kms;

/// <summary>Requests of a KMS by result, since the start. Thread-safe: all actors of a pool share one.</summary>
public sealed class KmsCounters
{
    private readonly long[] _byOutcome = new long[Enum.GetValues<KmsOutcome>().Length];
    private long _faults;

    /// <summary>Requests that ended in an exception, which is always a bug of ours.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    public long Of(KmsOutcome outcome) => Interlocked.Read(ref _byOutcome[(int)outcome]);

    internal void Add(KmsOutcome outcome) => Interlocked.Increment(ref _byOutcome[(int)outcome]);

    internal void AddFault() => Interlocked.Increment(ref _faults);
}
