using System.Net;
using UeFarm.Actors.Timing;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Transport;

/// <summary>
/// A network within the process with the seam of the real ones: endpoints by address, delivery in order of due time and, within it, of sending. Nothing is
/// drawn or ordered by thread or clock but by the options' sources, so that one seed gives one run when the pump is manual. To the machines above, an endpoint
/// can pass for one of TCP or UDP; what passes for TCP is never lost, repeated or overtaken, as the streams that it stands for.
/// </summary>
public sealed class InMemorySipNetwork
{
    private const int FirstFreePort = 20_000;

    private static readonly SipTransportKind[] Kinds = Enum.GetValues<SipTransportKind>();

    private readonly InMemoryNetworkOptions _options;
    private readonly Dictionary<(SipTransportKind, IPEndPoint), InMemorySipTransport> _open = [];
    private readonly PriorityQueue<Parcel, (long Due, long Number)> _underWay = new();
    private readonly Lock _gate = new();
    private readonly ITimer? _timer;
    private int _nextPort = FirstFreePort;
    private long _sent;
    private bool _isPumping;

    public InMemorySipNetwork()
        : this(new InMemoryNetworkOptions())
    {
    }

    public InMemorySipNetwork(InMemoryNetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _timer = options.ManualPump
            ? null
            : options.Time.CreateTimer(
                static network => ((InMemorySipNetwork)network!).PumpInBackground(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>When the next message under way is due; <see cref="Instant.Never"/> when there is none. For virtual time.</summary>
    public Instant NextDelivery
    {
        get
        {
            lock (_gate)
            {
                return _underWay.TryPeek(out _, out var priority) ? new Instant(priority.Due) : Instant.Never;
            }
        }
    }

    /// <summary>Messages lost on purpose.</summary>
    public long Lost { get; private set; }

    /// <summary>Messages sent twice on purpose.</summary>
    public long Duplicated { get; private set; }

    /// <summary>
    /// Opens an endpoint; port 0 takes one that is free for every kind. Without a list every address of this network may be sent to: nothing leaves the process.
    /// </summary>
    /// <exception cref="InvalidOperationException">The endpoint is open already.</exception>
    public ISipTransport Open(
        IPEndPoint listen, ISipReceiver receiver, SipLimits limits, AddressAllowList? allow = null, SipTransportKind kind = SipTransportKind.Memory)
    {
        ArgumentNullException.ThrowIfNull(listen);
        ArgumentNullException.ThrowIfNull(receiver);
        ArgumentNullException.ThrowIfNull(limits);
        lock (_gate)
        {
            var local = listen;
            while (local.Port == 0 || (listen.Port == 0 && Array.Exists(Kinds, each => _open.ContainsKey((each, local)))))
            {
                local = new IPEndPoint(listen.Address, _nextPort++);
            }

            var transport = new InMemorySipTransport(this, kind, local, receiver, limits, allow);
            return _open.TryAdd((kind, local), transport) ? transport : throw new InvalidOperationException("The endpoint " + local + " is open already.");
        }
    }

    /// <summary>
    /// Delivers on this thread everything that is due, in order, and what is sent meanwhile if it is due too; returns how many messages. With a latency the
    /// time must be moved in between (see <see cref="NextDelivery"/>).
    /// </summary>
    public int Pump()
    {
        var count = 0;
        while (PumpOne())
        {
            count++;
        }

        return count;
    }

    /// <summary>Delivers the next message that is due; false: there is none.</summary>
    public bool PumpOne()
    {
        Parcel parcel;
        InMemorySipTransport? target;
        lock (_gate)
        {
            if (!_underWay.TryPeek(out parcel, out var priority) || priority.Due > _options.Time.GetInstant().Ticks)
            {
                return false;
            }

            _underWay.Dequeue();
            _open.TryGetValue((parcel.From.Kind, parcel.To), out target);
        }

        if (target is null)
        {
            parcel.From.Undeliverable(parcel.To);
        }
        else
        {
            target.Accept(parcel.Bytes, new SipHop(parcel.From.Kind, parcel.From.LocalEndPoint, 0));
        }

        return true;
    }

    internal void Carry(InMemorySipTransport from, IPEndPoint to, byte[] bytes)
    {
        lock (_gate)
        {
            var isStream = from.Kind == SipTransportKind.Tcp;
            if (!isStream && Draws(_options.Loss))
            {
                Lost++;
                return;
            }

            Enqueue(from, to, bytes);
            if (!isStream && Draws(_options.Duplication))
            {
                Duplicated++;
                Enqueue(from, to, (byte[])bytes.Clone());
            }
        }

        Wake();
    }

    internal void Close(InMemorySipTransport transport)
    {
        lock (_gate)
        {
            _open.Remove((transport.Kind, transport.LocalEndPoint));
        }
    }

    private void Enqueue(InMemorySipTransport from, IPEndPoint to, byte[] bytes)
    {
        var due = _options.Time.GetInstant() + _options.Latency;
        if (from.Kind != SipTransportKind.Tcp)
        {
            if (_options.Jitter > TimeSpan.Zero)
            {
                due += TimeSpan.FromTicks((long)(_options.Random.NextUInt64() % (ulong)_options.Jitter.Ticks));
            }

            if (Draws(_options.Reordering))
            {
                due += _options.ReorderDelay;
            }
        }

        _underWay.Enqueue(new Parcel(from, to, bytes), (due.Ticks, _sent++));
    }

    private bool Draws(double probability) => probability > 0 && (_options.Random.NextUInt64() >> 11) * (1.0 / (1UL << 53)) < probability;

    /// <summary>Without a manual pump: sees to it that one thread at a time delivers, now or when the next message is due.</summary>
    private void Wake()
    {
        if (_timer is null)
        {
            return;
        }

        lock (_gate)
        {
            if (_isPumping || !_underWay.TryPeek(out _, out var priority))
            {
                return;
            }

            var wait = new Instant(priority.Due) - _options.Time.GetInstant();
            if (wait > TimeSpan.Zero)
            {
                _timer.Change(RoundUp(wait), Timeout.InfiniteTimeSpan);
                return;
            }

            _isPumping = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static network => network.PumpToTheEnd(), this, preferLocal: false);
    }

    private void PumpInBackground()
    {
        lock (_gate)
        {
            if (_isPumping)
            {
                return;
            }

            _isPumping = true;
        }

        PumpToTheEnd();
    }

    private void PumpToTheEnd()
    {
        Pump();
        lock (_gate)
        {
            _isPumping = false;
        }

        // Something may have been sent between the last look and the line above.
        Wake();
    }

    /// <summary>Timers count whole milliseconds and cut: one that fired early would find nothing due.</summary>
    private static TimeSpan RoundUp(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));

    private readonly record struct Parcel(InMemorySipTransport From, IPEndPoint To, byte[] Bytes);
}
