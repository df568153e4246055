namespace UeFarm.Actors.Transport;

/// <summary>Counts of a transport since its start, by reason what was refused or dropped. Thread-safe; each is monotonic by itself.</summary>
public sealed class TransportCounters
{
    /// <summary>A cache line for each: senders and receivers count on different processors.</summary>
    private const int Stride = 8;

    private readonly long[] _counts = new long[Enum.GetValues<TransportCount>().Length * Stride];

    public long MessagesReceived => this[TransportCount.MessagesReceived];

    public long MessagesSent => this[TransportCount.MessagesSent];

    public long BytesReceived => this[TransportCount.BytesReceived];

    public long BytesSent => this[TransportCount.BytesSent];

    public long Malformed => this[TransportCount.Malformed];

    public long Oversized => this[TransportCount.Oversized];

    public long FramingErrors => this[TransportCount.FramingErrors];

    public long SlowPeersClosed => this[TransportCount.SlowPeersClosed];

    public long SendOverflows => this[TransportCount.SendOverflows];

    public long RefusedByGuard => this[TransportCount.RefusedByGuard];

    public long ConnectionsOpened => this[TransportCount.ConnectionsOpened];

    public long ConnectionsClosed => this[TransportCount.ConnectionsClosed];

    public long ConnectFailures => this[TransportCount.ConnectFailures];

    public long ConnectionsRefused => this[TransportCount.ConnectionsRefused];

    public long MessagesDropped => this[TransportCount.MessagesDropped];

    public long KeepAlives => this[TransportCount.KeepAlives];

    public long Faults => this[TransportCount.Faults];

    public long this[TransportCount count] => Volatile.Read(ref _counts[(int)count * Stride]);

    internal void Add(TransportCount count, long amount = 1) => Interlocked.Add(ref _counts[(int)count * Stride], amount);
}
