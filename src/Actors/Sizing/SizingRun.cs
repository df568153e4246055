using UeFarm.Actors.Traffic;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Sizing;

/// <summary>
/// Plays a schedule in virtual time to size replay caches: the same schedule, mailboxes, timestamps and replay caches as in a run, but messages that are numbers
/// instead of SIP, and no cryptography. One thread, no clock, no randomness but the seed's: the same settings give the same result. Use once.
/// A hop takes the latency of the settings, everything else no time. What the phone answers (200 or 400) ends a delivery either way, so that the arrivals, and
/// with them the curve, do not depend on the capacity that is played.
/// </summary>
public sealed partial class SizingRun
{
    /// <summary>Where the virtual calendar begins: the first phase, by a clock that is right.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const int EventsPerReport = 1 << 16;

    // A bit of a message each.
    private const int MostComparedCaches = 8;

    private readonly SizingSettings _settings;
    private readonly Action<SizingArrival>? _onArrival;
    private readonly SizingEventQueue _events = new();
    private readonly SizingMessageTable _messages = new();
    private readonly List<int> _messageOfArrival = [];
    private readonly Dictionary<long, Queue<int>?> _pairs = [];
    private readonly SizingPhone[] _phones;
    private readonly RunSchedule _schedule;
    private readonly SeededRandomSource _serverPicks;
    private readonly SeededRandomSource _replayPicks;
    private readonly SeededRandomSource _mailboxRandom;
    private readonly SeededRandomSource _cacheRandom;
    private readonly SizingVerdicts[] _compared;
    private readonly string?[] _senders;

    // The one whose partitions are ranked: the phones' own or the first compared one of that policy.
    private readonly ReplayCacheSettings? _partitioned;
    private readonly RankHistogram _ranksWithinPartitions = new();
    private readonly long _latency;
    private readonly long _length;
    private readonly bool _keepsSeconds;
    private readonly byte[] _body = new byte[1 << 16];
    private readonly List<SizingStore.Entry> _expired = [];
    private readonly RankHistogram _ranksOfOtherFormat = new();
    private readonly RankHistogram[] _ranksByPhase;
    private readonly DrainLimiter[] _limiters;
    private readonly long[] _turnTicks;
    private readonly long[] _ends = new long[Enum.GetValues<SizingMessageState>().Length];
    private long _now;
    private int _phase;
    private long _redelivered;
    private long _replays;
    private long _acceptedTwice;

    /// <param name="settings">What to play.</param>
    /// <param name="onArrival">Hears every message and replay that a cache decides about, in their order; null: nobody wants to.</param>
    public SizingRun(SizingSettings settings, Action<SizingArrival>? onArrival = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.ComparedCaches.Count, MostComparedCaches, nameof(settings));
        _settings = settings;
        _onArrival = onArrival;
        var seeds = new SeededRandomSource(settings.Seed ^ 0x5126_0000_0000_0001);
        _serverPicks = new SeededRandomSource(seeds.NextUInt64());
        _replayPicks = new SeededRandomSource(seeds.NextUInt64());
        _mailboxRandom = new SeededRandomSource(seeds.NextUInt64());
        _cacheRandom = new SeededRandomSource(seeds.NextUInt64());
        _compared = [.. settings.ComparedCaches.Select(static cache => new SizingVerdicts { Cache = cache })];
        _partitioned = settings.ComparedCaches.Prepend(settings.ReplayCache).FirstOrDefault(static cache => cache.Policy == ReplayPolicy.PerSender);
        _senders = _partitioned is null ? [] : new string?[settings.Phones];
        _keepsSeconds = settings.ReplayCache.TimestampBytes == 4;
        _latency = settings.Latency.Ticks;
        _length = settings.Phases.Sum(static phase => phase.Duration.Ticks);
        _schedule = new RunSchedule(settings.Traffic, settings.Phases, settings.Phones, settings.InitiallyOnline, settings.Seed);
        _ranksByPhase = [.. settings.Phases.Select(static _ => new RankHistogram())];
        _limiters = settings.DrainRate is { } rate ? [.. Enumerable.Range(0, settings.Servers).Select(_ => new DrainLimiter(rate))] : [];
        _turnTicks = [.. Enumerable.Repeat(long.MaxValue, _limiters.Length)];
        _phones = new SizingPhone[settings.Phones];
        for (var phone = 0; phone < settings.Phones; phone++)
        {
            var isOnline = settings.InitiallyOnline;
            _phones[phone] = new SizingPhone { WantsOnline = isOnline, IsRegistered = isOnline, IsListening = isOnline, IsKnownOnline = isOnline };
            _phones[phone].UnboundTicks = isOnline ? long.MaxValue : 0;
        }
    }

    private Instant Now => new(_now);

    private DateTimeOffset Utc => Start.AddTicks(_now);

    /// <summary>Plays everything. Progress: share of the virtual time, and messages that became due.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; there is no result then.</exception>
    public SizingResult Play(Action<double, long>? onProgress, CancellationToken cancellation)
    {
        var handled = 0;
        var end = _length + _settings.SettleTime.Ticks;
        PlanReplay();
        var hasAction = _schedule.TryNext(out var action);
        while (true)
        {
            if (++handled % EventsPerReport == 0)
            {
                onProgress?.Invoke(Math.Min(1, (double)_now / _length), _messages.Count);
                cancellation.ThrowIfCancellationRequested();
            }

            if (hasAction && action.At.Ticks <= _events.NextTicks)
            {
                _now = action.At.Ticks;
                Perform(action);
                hasAction = _schedule.TryNext(out action);
            }
            else if (_events.NextTicks <= end)
            {
                var next = _events.Take();
                _now = next.Ticks;
                Handle(next);
            }
            else
            {
                return Close();
            }
        }
    }

    private void Perform(in ScheduledAction action)
    {
        switch (action.Kind)
        {
            case ScheduledActionKind.PhaseStart:
                _phase = action.Phase;
                break;
            case ScheduledActionKind.GoOnline:
                GoOnline(action.Phone);
                break;
            case ScheduledActionKind.GoOffline:
                GoOffline(action.Phone, action.Cut);
                break;
            case ScheduledActionKind.Send:
                Send(action);
                break;
            case ScheduledActionKind.End:
            default:
                break;
        }
    }

    private void Handle(in SizingEvent happened)
    {
        switch (happened.Kind)
        {
            case SizingEventKind.Registered:
                OnRegistered(happened.Phone, happened.Attempt);
                break;
            case SizingEventKind.Deregistered:
                OnDeregistered(happened.Phone, happened.Attempt);
                break;
            case SizingEventKind.AtServer:
                OnAtServer(happened.Message);
                break;
            case SizingEventKind.AtPhone:
                OnAtPhone(happened);
                break;
            case SizingEventKind.DeliveryResult:
                var mailbox = _phones[happened.Phone].Mailboxes[happened.Server]!;
                mailbox.HandleResult(happened.Arrival, happened.Attempt, happened.Status, Now, Utc);
                Drain(happened.Phone, happened.Server, mailbox);
                break;
            case SizingEventKind.Answered:
                OnAnswered(happened.Message, happened.Status);
                break;
            case SizingEventKind.MailboxWake:
                OnWake(happened.Phone, happened.Server);
                break;
            case SizingEventKind.DrainTurn:
                _turnTicks[happened.Server] = long.MaxValue;
                GiveTurns(happened.Server);
                break;
            case SizingEventKind.Replay:
            default:
                OnReplay();
                break;
        }
    }

    private void At(long ticks, SizingEvent happening)
    {
        happening.Ticks = ticks;
        _events.Add(happening);
    }

    /// <summary>REGISTER, 401, REGISTER, 200: four hops. The core tells the servers when it accepts, one hop before the phone knows; that takes the fourth.</summary>
    private void GoOnline(int number)
    {
        var phone = _phones[number];
        if (phone.WantsOnline)
        {
            return;
        }

        phone.WantsOnline = true;
        At(_now + (4 * _latency), new SizingEvent { Kind = SizingEventKind.Registered, Phone = number, Attempt = ++phone.Session });
    }

    /// <summary>A clean cut: the core has no contact after one hop, the servers know after two, and so does the phone. A silent one: nobody knows.</summary>
    private void GoOffline(int number, OfflineKind cut)
    {
        var phone = _phones[number];
        if (!phone.WantsOnline)
        {
            return;
        }

        phone.WantsOnline = false;
        phone.Session++;
        FailWaiting(phone);
        if (cut == OfflineKind.Silent || !phone.IsRegistered)
        {
            phone.IsRegistered = false;
            phone.IsListening = false;
            return;
        }

        phone.IsRegistered = false;
        phone.UnboundTicks = _now + _latency;
        At(_now + (2 * _latency), new SizingEvent { Kind = SizingEventKind.Deregistered, Phone = number, Attempt = phone.Session });
    }

    private void OnRegistered(int number, int session)
    {
        var phone = _phones[number];
        if (phone.Session != session)
        {
            return;
        }

        phone.IsRegistered = true;
        phone.IsListening = true;
        phone.UnboundTicks = long.MaxValue;
        TellServers(number, phone, online: true);
        while (phone.Waiting is { Count: > 0 } waiting)
        {
            Begin(waiting.Dequeue());
        }
    }

    private void OnDeregistered(int number, int session)
    {
        var phone = _phones[number];
        phone.IsListening &= phone.Session != session;
        TellServers(number, phone, online: false);
    }

    private void TellServers(int number, SizingPhone phone, bool online)
    {
        phone.IsKnownOnline = online;
        for (var server = 0; server < phone.Mailboxes.Length; server++)
        {
            if (phone.Mailboxes[server] is { } mailbox)
            {
                mailbox.Behavior.HandleRegistration(online, Now, Utc);
                Drain(number, server, mailbox);
            }
        }
    }

    private SizingResult Close()
    {
        var total = new RankHistogram();
        foreach (var ranks in _ranksByPhase)
        {
            total.Merge(ranks);
        }

        var stored = CountStoredUnderWay();
        var ended = _ends.Sum();
        return new SizingResult
        {
            Ranks = total,
            RanksOfOtherFormat = _ranksOfOtherFormat,
            RanksByPhase = _ranksByPhase,
            RanksWithinPartitions = _partitioned is null ? null : _ranksWithinPartitions,
            Compared = _compared,
            Receivers = _phones.Count(static phone => phone.Tracker is not null),
            Due = _messages.Count,
            Accepted = _ends[(int)SizingMessageState.Accepted],
            Stale = _ends[(int)SizingMessageState.Stale],
            Tied = _ends[(int)SizingMessageState.Tied],
            Future = _ends[(int)SizingMessageState.Future],
            Expired = _ends[(int)SizingMessageState.Expired],
            NotSent = _ends[(int)SizingMessageState.NotSent],
            RefusedByServer = _ends[(int)SizingMessageState.RefusedByServer],
            Stored = stored,
            UnderWay = _messages.Count - ended - stored,
            Redelivered = _redelivered,
            Replays = _replays,
            AcceptedTwice = _acceptedTwice,
        };
    }

    /// <summary>What is in a store and has no end yet: a message that was accepted just before the last 2xx could reach its server is not counted again.</summary>
    private long CountStoredUnderWay()
    {
        var stored = 0L;
        foreach (var phone in _phones)
        {
            foreach (var mailbox in phone.Mailboxes)
            {
                foreach (var entry in mailbox is null ? [] : mailbox.Store.Page(MailboxPosition.Start, int.MaxValue))
                {
                    stored += _messages[entry.Message].State == SizingMessageState.UnderWay ? 1 : 0;
                }
            }
        }

        return stored;
    }
}
