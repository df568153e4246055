using UeFarm.Protocol;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>What was sent to one phone, what of it a server took over, and what arrived. Guarded by its own lock.</summary>
internal sealed class PhoneRecord
{
    private readonly Lock _gate = new();
    private ulong[] _accepted = [];
    private ulong[] _received = [];
    private int _sent;
    private NtpTimestamp? _newest;

    /// <summary>Number of the next message to the phone, from 0.</summary>
    public int TakeNumber()
    {
        lock (_gate)
        {
            return _sent++;
        }
    }

    /// <summary>The sender was told 2xx.</summary>
    public void NoteAccepted(int number)
    {
        lock (_gate)
        {
            Set(ref _accepted, number);
        }
    }

    /// <summary>A message arrived: for the first time, and not older than what came before it?</summary>
    public (bool IsFirst, bool IsInOrder) NoteReceived(int number, NtpTimestamp timestamp)
    {
        lock (_gate)
        {
            if (!Set(ref _received, number))
            {
                return (false, true);
            }

            var isInOrder = _newest is not { } newest || newest <= timestamp;
            _newest = isInOrder ? timestamp : _newest;
            return (true, isInOrder);
        }
    }

    /// <summary>Accepted and never received.</summary>
    public long CountMissing()
    {
        lock (_gate)
        {
            var missing = 0L;
            for (var i = 0; i < _accepted.Length; i++)
            {
                missing += long.PopCount((long)(_accepted[i] & ~(i < _received.Length ? _received[i] : 0)));
            }

            return missing;
        }
    }

    /// <summary>False: it was set before.</summary>
    private static bool Set(ref ulong[] bits, int number)
    {
        var (word, bit) = (number / 64, 1UL << (number % 64));
        if (word >= bits.Length)
        {
            Array.Resize(ref bits, Math.Max(word + 1, bits.Length * 2));
        }

        var isNew = (bits[word] & bit) == 0;
        bits[word] |= bit;
        return isNew;
    }
}
