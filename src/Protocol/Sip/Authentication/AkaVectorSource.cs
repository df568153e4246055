namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>
/// The sequence numbers of the network's side of AKA. SQN = SEQ (43 bits) || IND (5 bits, always 0), so it grows by steps of 32.
/// SEQ follows the calendar (the time-based scheme of TS 33.102 annex C.1.1.3): units of 100 µs since 2020, never the same twice,
/// which costs no memory per subscriber and survives a restart of the core without a storm of resynchronisations. Only a
/// subscriber whose phone proved by AUTS to be ahead of that clock has a number of its own here. 43 bits last until 2047.
/// Not safe to share between threads: one for each part of the subscribers.
/// </summary>
public sealed class AkaVectorSource
{
    private const int IndBits = 5;
    private const ulong MaxSeq = AkaVector.MaxSqn >> IndBits;
    private const long TicksPerUnit = TimeSpan.TicksPerMillisecond / 10;

    private static readonly long EpochTicks = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;

    private readonly Dictionary<string, ulong> _ahead = new(StringComparer.Ordinal);
    private ulong _last;

    /// <summary>Subscribers with a sequence number of their own.</summary>
    public int ResynchronisedCount => _ahead.Count;

    /// <summary>The SQN for the next challenge of a subscriber.</summary>
    public ulong NextSqn(string privateIdentity, DateTimeOffset utcNow)
    {
        var clock = (ulong)Math.Max(0, (utcNow.UtcTicks - EpochTicks) / TicksPerUnit);
        _last = Math.Max(_last + 1, clock);
        if (_ahead.Count == 0 || !_ahead.TryGetValue(privateIdentity, out var own))
        {
            return (_last & MaxSeq) << IndBits;
        }

        if (own < _last)
        {
            _ahead.Remove(privateIdentity);
            return (_last & MaxSeq) << IndBits;
        }

        // Interpretation: SEQ at its end starts over; such a phone refuses for ever, as TS 33.102 annex C.3 leaves to the operator.
        own = own >= MaxSeq ? 1 : own + 1;
        _ahead[privateIdentity] = own;
        return own << IndBits;
    }

    /// <summary>Takes over SQN_MS from a verified AUTS: the next SQN is greater.</summary>
    public void Resynchronise(string privateIdentity, ulong sqnMs)
    {
        var seq = sqnMs >> IndBits;
        if (seq >= _last)
        {
            _ahead[privateIdentity] = seq;
        }
        else
        {
            _ahead.Remove(privateIdentity);
        }
    }
}
