namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>The base timers of RFC 3261 section 17.1.1.1; E, F, J and K follow from them. TS 24.229 section 7.7 uses 2 s, 16 s, 17 s towards a phone.</summary>
public sealed record SipTimers
{
    public static readonly SipTimers Default = new();

    /// <summary>Estimate of the round trip; more than zero.</summary>
    public TimeSpan T1 { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause between retransmissions of a request; not less than T1.</summary>
    public TimeSpan T2 { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Longest time that a datagram stays in the network.</summary>
    public TimeSpan T4 { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>True when the in-memory network of a run loses and repeats nothing: its transactions then need no retransmission.</summary>
    public bool MemoryIsReliable { get; init; }

    /// <summary>Timers F and J: 64*T1.</summary>
    public TimeSpan TransactionTimeout => T1 * 64;

    /// <summary>How long a client's timer E takes to grow to T2 (RFC 4320 section 4.1): 3.5 s with the default values.</summary>
    public TimeSpan TimeToSlowRetransmissions
    {
        get
        {
            var elapsed = TimeSpan.Zero;
            for (var pause = T1; pause < T2 && pause > TimeSpan.Zero; pause += pause)
            {
                elapsed += pause;
            }

            return elapsed;
        }
    }

    /// <summary>True when the transport itself repairs losses: no timer E, and J and K are zero.</summary>
    public bool IsReliable(SipTransportKind transport) =>
        transport == SipTransportKind.Tcp || (transport == SipTransportKind.Memory && MemoryIsReliable);
}
