using System.Collections.Concurrent;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Ue;

/// <summary>
/// What the actors of a region share, and the receiver of its transport: finds the phone of what arrives from the message alone (see <see cref="UeAddressing"/>), on
/// the transport's thread, without a table to search and without making strings.
/// </summary>
internal sealed class UeRegionContext : ISipReceiver
{
    private readonly ConcurrentDictionary<int, CrashRecord> _crashes = new();
    private readonly UePhones?[] _phones;
    private volatile ISipTransport? _transport;
    private UeSettings _ue;
    private int _waiting;

    public UeRegionContext(UeFarmSettings settings, WakeUpWheel wheel)
    {
        Settings = settings;
        Wheel = wheel;
        _ue = settings.Ue;
        _phones = new UePhones?[((settings.Count - 1) / settings.PhonesPerParent) + 1];
    }

    public UeFarmSettings Settings { get; }

    public WakeUpWheel Wheel { get; }

    public UeRegionCounters Counters { get; } = new();

    /// <summary>With the ContactHost of the transport, and the core as it is now.</summary>
    public UeSettings Ue
    {
        get => Volatile.Read(ref _ue);
        private set => Volatile.Write(ref _ue, value);
    }

    public int Parents => _phones.Length;

    /// <summary>From now on messages are sent and taken; what came before is dropped.</summary>
    public void Open(ISipTransport transport, string contactHost)
    {
        Ue = Ue with { ContactHost = contactHost };
        _transport = transport;
    }

    /// <summary>Phones that are made from now on know the core there.</summary>
    public void MoveCore(SipHop core) => Ue = Ue with { Core = core };

    /// <summary>Makes the table of a block's phones; they can be reached once it is shown.</summary>
    public UePhones CreateBlock(int block, UeBlockStart start)
    {
        var first = block * Settings.PhonesPerParent;
        return new UePhones(this, first, Math.Min(Settings.PhonesPerParent, Settings.Count - first), start);
    }

    public void Show(int block, UePhones phones) => Volatile.Write(ref _phones[block], phones);

    /// <summary>Nothing when another table has taken its place.</summary>
    public void Hide(int block, UePhones phones) => Interlocked.CompareExchange(ref _phones[block], null, phones);

    /// <summary>Of the phones that are here.</summary>
    public ReplayCacheTotals SumReplayCaches()
    {
        var totals = default(ReplayCacheTotals);
        for (var block = 0; block < _phones.Length; block++)
        {
            totals = Volatile.Read(ref _phones[block])?.AddReplayCaches(totals) ?? totals;
        }

        return totals;
    }

    /// <summary>The calendar by the phone's own clock.</summary>
    public DateTimeOffset UtcNowOf(UeId ue) => Settings.ClockOffsetOf is { } offsetOf ? Wheel.UtcNow + offsetOf(ue.Index) : Wheel.UtcNow;

    /// <summary>Null: the phone is not in this process.</summary>
    public UePhones? PhonesOf(UeId ue) => Volatile.Read(ref _phones[UeEntity.ParentOf(ue, Settings.PhonesPerParent)]);

    public void OnMessage(SipMessage message, SipHop from)
    {
        if (_transport is null)
        {
            return;
        }

        if (message is SipRequest request)
        {
            if (!UeAddressing.TryReadContact(request.RequestUriText, out var target) || target >= Settings.Count)
            {
                RefuseUnknown(request, from);
            }
            else if (PhonesOf(new UeId(target)) is not { } phones)
            {
                RefuseAbsent(request, from);
            }
            else if (Volatile.Read(ref _waiting) >= Settings.MaxWaitingMessages || phones.Journal is { IsCongested: true })
            {
                Counters.CountOverloaded();
                Refuse(request, from, 503);
            }
            else
            {
                Deliver(phones, new UeId(target), message, from);
            }
        }
        else if (UeAddressing.TryReadBranch(message.TopVia.Branch, out var sender) && sender < Settings.Count && PhonesOf(new UeId(sender)) is { } phones)
        {
            Deliver(phones, new UeId(sender), message, from);
        }
        else
        {
            Counters.CountUnknownResponse();
        }
    }

    public void OnFlowFailed(SipHop hop)
    {
        if (hop.Transport != Ue.Core.Transport || !Ue.Core.EndPoint.Equals(hop.EndPoint))
        {
            return;
        }

        foreach (var phones in _phones)
        {
            phones?.TellCoreFlowFailed();
        }
    }

    public void TellBlocks(object message)
    {
        for (var block = 0; block < _phones.Length; block++)
        {
            Volatile.Read(ref _phones[block])?.TellParent(message);
        }
    }

    /// <summary>By the phone that has taken a message out of its mailbox.</summary>
    public void NoteTaken() => Interlocked.Decrement(ref _waiting);

    /// <summary>The phone is believed here but has moved, or is not back yet: what is for it has to wait, not to be given up.</summary>
    public void RefuseAbsent(SipMessage message, SipHop from)
    {
        if (message is SipRequest request)
        {
            Counters.CountAbsentTarget();
            Refuse(request, from, 480);
        }
        else
        {
            Counters.CountUnknownResponse();
        }
    }

    /// <summary>No such phone: 404, or nothing for a response that came too early.</summary>
    public void RefuseUnknown(SipMessage message, SipHop from)
    {
        if (message is SipRequest request)
        {
            Counters.CountUnknownTarget();
            Refuse(request, from, 404);
        }
        else
        {
            Counters.CountUnknownResponse();
        }
    }

    public SipSendResult Send(SipHop hop, ReadOnlySpan<byte> bytes)
    {
        var result = _transport!.Send(hop, bytes);
        if (result != SipSendResult.Queued)
        {
            Counters.CountUndeliverable();
        }

        return result;
    }

    /// <summary>Counts the crash and says how long the phone stays off: longer with each one in a row.</summary>
    public TimeSpan NoteCrash(UeId ue, Exception cause, Instant now)
    {
        Counters.CountRestart();
        Settings.Observer.OnUeRestarted(ue, cause);
        var record = _crashes.AddOrUpdate(
            ue.Index,
            static (_, at) => new CrashRecord(1, at.Now),
            static (_, last, at) => new CrashRecord(at.Now - last.At > at.Memory ? 1 : last.Count + 1, at.Now),
            (Now: now, Memory: Settings.RestartMemory));
        var most = Settings.MaxRestartPause.Ticks;
        var doublings = Math.Min(record.Count - 1, 30);
        var pause = Settings.RestartPause.Ticks > most >> doublings ? most : Settings.RestartPause.Ticks << doublings;
        return TimeSpan.FromTicks((pause / 2) + (long)(Settings.Random.NextUInt64() % (ulong)((pause / 2) + 1)));
    }

    private void Deliver(UePhones phones, UeId ue, SipMessage message, SipHop from)
    {
        Interlocked.Increment(ref _waiting);
        phones.Tell(ue, new UeInputs.Arrived(message, from));
    }

    /// <summary>Without a transaction: a copy of the request is answered alike. The tag is the same for all, as RFC 3261 section 8.2.7 wants of such answers.</summary>
    private void Refuse(SipRequest request, SipHop from, int status)
    {
        if (request.Method != SipMethod.Ack)
        {
            var response = status == 503
                ? SipForwarding.Respond(request, status, "none", from, (SipHeaderId.RetryAfter, "1"))
                : SipForwarding.Respond(request, status, "none", from);
            Send(from, response);
        }
    }

    private readonly record struct CrashRecord(int Count, Instant At);
}
