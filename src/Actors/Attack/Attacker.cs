using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Smime;

namespace UeFarm.Actors.Attack;

/// <summary>
/// Somebody on the path between network and phones, without any key: captures what arrives, injects copies and alterations straight at the phones,
/// and for two kinds of attack holds a genuine MESSAGE back until its altered copy has been answered. Genuine messages are always sent on.
/// </summary>
public sealed class Attacker : ISipReceiver, IInterceptor, IAsyncDisposable
{
    /// <summary>How often a message is drawn before it is left for the next turn, where not all phones can be reached.</summary>
    private const int MostDraws = 8;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(1);

    /// <summary>Far ahead of any clock, yet within the validity of the tickets: otherwise these would be refused before their MAC is looked at.</summary>
    private static readonly TimeSpan FarAhead = TimeSpan.FromDays(14);
    private static readonly AttackKind[] Kinds = Enum.GetValues<AttackKind>();
    private readonly AttackerSettings _settings;
    private readonly ConcurrentDictionary<string, HeldMessage> _held = new();
    private readonly ISipTransport _transport;
    private readonly AttackTransactions _transactions;
    private readonly double[] _owed = new double[Kinds.Length];
    private readonly string _sentBy;
    private InterceptingTransport? _path;
    private ITimer? _timer;
    private long _lastTurn;
    private int _wantedAlteredBody;
    private int _wantedTransplant;
    private long _number;
    private volatile bool _isStopped;

    public Attacker(AttackerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _transport = settings.OpenTransport(this);
        _transactions = new AttackTransactions(_transport, settings.Timers, settings.Time);
        _sentBy = new IPEndPoint(settings.AdvertisedAddress ?? _transport.LocalEndPoint.Address, _transport.LocalEndPoint.Port).ToString();
    }

    public ISipTransport Transport => _transport;

    /// <summary>Injected messages that a final answer may still come for.</summary>
    public int Unanswered => _transactions.Pending;

    bool IInterceptor.IsWaiting => _settings.View.WatchesSends || !_held.IsEmpty || Volatile.Read(ref _wantedAlteredBody) + Volatile.Read(ref _wantedTransplant) > 0;

    /// <summary>Begins to attack, through the given point of the path.</summary>
    public void Start(InterceptingTransport path)
    {
        ArgumentNullException.ThrowIfNull(path);
        _path = path;
        _path.Attach(this);
        _lastTurn = _settings.Time.GetTimestamp();

        // Set again at the end of each turn, so that turns never overlap. The field is there before the first one.
        _timer = _settings.Time.CreateTimer(static attacker => ((Attacker)attacker!).Turn(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(ShortestPause, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops attacking and sends on what is held. What has no answer yet goes on being sent.</summary>
    public void Stop()
    {
        _isStopped = true;
        _path?.Attach(null);
        Release(static _ => true);
    }

    public void OnMessage(SipMessage message, SipHop from)
    {
        if (message is SipResponse response && _transactions.TakeAnswer(response, from))
        {
            Release(Encoding.ASCII.GetString(response.CallId));
        }
    }

    public void OnFlowFailed(SipHop hop)
    {
        // Held messages go on at the latest after LongestHold.
        _transactions.GiveUp(hop);
    }

    bool IInterceptor.TryTake(SipHop hop, ReadOnlySpan<byte> message, ISipTransport path)
    {
        if (!SipParser.TryParse(message.ToArray(), SipLimits.Default, out var parsed, out _) || parsed is not SipRequest request
            || !CapturedMessage.TrySplit(request, out var mikey, out var cms)
            || !ReceivedTransferInit.TryParse(mikey, out var transferInit, out _))
        {
            return false;
        }

        _settings.View.OnSending(request, transferInit!.Responder, transferInit.Timestamp);

        // Over datagrams its sender sends it again meanwhile; a copy that went on would overtake the attack.
        if (_held.Any(entry => entry.Value.Bytes.Span.SequenceEqual(request.Bytes.Span)))
        {
            return true;
        }

        if (!_settings.View.TryFind(transferInit.Responder, out var recipient) || !_settings.CanReach(recipient))
        {
            return false;
        }

        if (TryClaim(ref _wantedAlteredBody))
        {
            return Overtake(AttackKind.AlteredBody, request, recipient, mikey, Tampering.FlipLastBit(cms.Span), hop, path);
        }

        return _settings.View.Draw(_settings.Random) is { } other
            && CapturedMessage.TrySplit(other.Request, out _, out var otherCms)
            && TryClaim(ref _wantedTransplant)
            && Overtake(AttackKind.Transplant, request, recipient, mikey, otherCms, hop, path);
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        if (_timer is not null)
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
        }

        await _transport.DisposeAsync().ConfigureAwait(false);
    }

    private static bool TryClaim(ref int wanted)
    {
        var seen = Volatile.Read(ref wanted);
        return seen > 0 && Interlocked.CompareExchange(ref wanted, seen - 1, seen) == seen;
    }

    private void Turn()
    {
        var now = _settings.Time.GetTimestamp();
        var elapsed = _settings.Time.GetElapsedTime(_lastTurn, now);
        _lastTurn = now;
        _transactions.SendWhatIsDue();
        var pause = Shorter(LongestPause, _transactions.UntilNext);
        foreach (var kind in _isStopped ? [] : Kinds)
        {
            Attack(kind, elapsed);
            pause = Shorter(pause, UntilNext(kind));
        }

        Release(held => _settings.Time.GetElapsedTime(held.Since) > LongestHold);
        _timer!.Change(pause > ShortestPause ? pause : ShortestPause, Timeout.InfiniteTimeSpan);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private void Attack(AttackKind kind, TimeSpan elapsed)
    {
        ref var owed = ref _owed[(int)kind];
        owed = Math.Min(owed + (RateOf(kind) * elapsed.TotalSeconds), 1000);
        while (owed >= 1 && TryAttack(kind))
        {
            owed--;
        }
    }

    /// <summary>How long until the next attack of a kind is owed; nothing while one is that could not be made yet.</summary>
    private TimeSpan UntilNext(AttackKind kind)
    {
        var seconds = Math.Max(0, 1 - _owed[(int)kind]) / RateOf(kind);
        return seconds < LongestPause.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LongestPause;
    }

    private bool TryAttack(AttackKind kind)
    {
        switch (kind)
        {
            case AttackKind.AlteredBody:
                Interlocked.Increment(ref _wantedAlteredBody);
                return true;
            case AttackKind.Transplant:
                Interlocked.Increment(ref _wantedTransplant);
                return true;
            default:
                return Draw() is { } capture && TryInjectCopy(kind, capture);
        }
    }

    private double RateOf(AttackKind kind) => _settings.Plan.RateOf(kind) * _settings.Share();

    /// <summary>Null: nothing was drawn that a phone which can be reached has taken.</summary>
    private CapturedMessage? Draw()
    {
        for (var draw = 0; draw < MostDraws && _settings.View.Draw(_settings.Random) is { } capture; draw++)
        {
            if (_settings.CanReach(capture.Phone))
            {
                return capture;
            }
        }

        return null;
    }

    private bool TryInjectCopy(AttackKind kind, CapturedMessage capture)
    {
        var request = capture.Request;
        if (kind == AttackKind.Replay)
        {
            return request.TryGetHeader(SipHeaderId.ContentType, out var contentType) && Inject(kind, NextCallId(kind), request, capture.Phone, contentType, request.Body.Span);
        }

        if (!CapturedMessage.TrySplit(request, out var mikey, out var cms) || !TryTamper(kind, capture, mikey.Span, out var altered))
        {
            return false;
        }

        var (type, body) = ProtectedBody.Compose(altered, cms.Span, _settings.Random);
        return Inject(kind, NextCallId(kind), request, capture.Phone, Encoding.UTF8.GetBytes(type), body);
    }

    private bool TryTamper(AttackKind kind, CapturedMessage capture, ReadOnlySpan<byte> mikey, out byte[] altered)
    {
        var now = _settings.Time.GetUtcNow();
        return kind switch
        {
            AttackKind.AlteredOutsideMac => Tampering.TryInsertInitiatorData(mikey, out altered),
            AttackKind.FarFuture => Tampering.TryRedate(mikey, capture.Timestamp, NtpTimestamp.FromUtc(now + FarAhead), _settings.Random, out altered),
            _ => Tampering.TryRedate(mikey, capture.Timestamp, NtpTimestamp.FromUtc(now), _settings.Random, out altered),
        };
    }

    private bool Overtake(AttackKind kind, SipRequest genuine, int recipient, ReadOnlyMemory<byte> mikey, ReadOnlyMemory<byte> cms, SipHop hop, ISipTransport path)
    {
        var (type, body) = ProtectedBody.Compose(mikey.Span, cms.Span, _settings.Random);
        var callId = NextCallId(kind);
        _held[callId] = new HeldMessage(hop, genuine.Bytes, path, _settings.Time.GetTimestamp(), Volatile.Read(ref _number));
        if (!Inject(kind, callId, genuine, recipient, Encoding.UTF8.GetBytes(type), body))
        {
            Release(callId);
        }

        return true;
    }

    private bool Inject(AttackKind kind, string callId, SipRequest model, int phone, ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> body)
    {
        var transport = _transport.Kind == SipTransportKind.Udp ? "udp" : "tcp";
        var uri = string.Create(CultureInfo.InvariantCulture, $"sip:{UeAddressing.ContactUserOf(phone)}@{_settings.Phones};transport={transport}");
        var writer = SipWriter.Rent().Request(SipMethod.Message, uri)
            .Via(_transport.Kind, _sentBy, AttackTransactions.BranchOf(callId))
            .Header(SipHeaderId.MaxForwards, 70);
        CopyHeader(writer, model, SipHeaderId.From);
        CopyHeader(writer, model, SipHeaderId.To);
        writer.Header(SipHeaderId.CallId, callId).Header(SipHeaderId.CSeq, "1 MESSAGE");
        CopyHeader(writer, model, SipHeaderId.Date);
        CopyHeader(writer, model, SipHeaderId.Expires);
        CopyHeader(writer, model, SipHeaderId.PAssertedIdentity);
        var bytes = writer.Header(SipHeaderId.ContentType, contentType).Finish(body);
        if (!_transactions.TrySend(callId, bytes, new SipHop(_transport.Kind, _settings.Phones, 0)))
        {
            return false;
        }

        _settings.Record(kind, phone);
        return true;
    }

    private static void CopyHeader(SipWriter writer, SipRequest model, SipHeaderId id)
    {
        if (model.TryGetHeader(id, out var value))
        {
            writer.Header(id, value);
        }
    }

    private string NextCallId(AttackKind kind) => AttackMark.Create(kind, Interlocked.Increment(ref _number), _sentBy);

    /// <summary>In the order in which they were taken, whatever the table's order is.</summary>
    private void Release(Func<HeldMessage, bool> isWanted)
    {
        foreach (var (callId, _) in _held.Where(entry => isWanted(entry.Value)).OrderBy(static entry => entry.Value.Number).ToArray())
        {
            Release(callId);
        }
    }

    private void Release(string callId)
    {
        if (_held.TryRemove(callId, out var held))
        {
            held.Path.Send(held.Hop, held.Bytes.Span);
        }
    }

    private sealed record HeldMessage(SipHop Hop, ReadOnlyMemory<byte> Bytes, ISipTransport Path, long Since, long Number);
}
