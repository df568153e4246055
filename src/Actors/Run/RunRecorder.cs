using System.Runtime.CompilerServices;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Run;

/// <summary>
/// Hears every fact of the run (from phones, from the application server, from the schedule) and keeps the books: ledger, counters, latencies,
/// order. It only listens; nothing in the farm decides by it.
/// </summary>
public sealed partial class RunRecorder : IUeObserver, IMailboxObserver
{
    // A timestamp in its phone's tracker takes 8 to 15.
    private const long BytesPerRank = 12;

    private static readonly long BytesPerArrival = Unsafe.SizeOf<ArrivalRecord>();

    private readonly PhoneSession[] _sessions;
    private readonly RunRecorderSettings _settings;
    private readonly List<ArrivalRecord> _arrivals = [];
    private readonly Lock _arrivalsLock = new();
    private long _arrivalCount;
    private int _registered;

    public RunRecorder(RunRecorderSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _sessions = new PhoneSession[settings.Phones];
        Ranks = new RankRecorder(settings.Phases);
    }

    public RunLedger Ledger { get; } = new();

    public ReportBook Reports { get; } = new();

    public RunCounters Counters { get; } = new();

    /// <summary>From the later of "due" and "the recipient's phone is registered again" to acceptance.</summary>
    public LatencyRecorder Delivery { get; } = new();

    /// <summary>From due to acceptance, time in the mailbox included.</summary>
    public LatencyRecorder Age { get; } = new();

    /// <summary>From due to the sender's final answer.</summary>
    public LatencyRecorder Answer { get; } = new();

    /// <summary>From due to the moment the phone handed the message to the network, the KMS exchange included.</summary>
    public LatencyRecorder Handover { get; } = new();

    /// <summary>From "go online" to the 200 to REGISTER.</summary>
    public LatencyRecorder Registration { get; } = new();

    /// <summary>How late the schedule was played: from due to the hand-over to the phone.</summary>
    public LatencyRecorder Lag { get; } = new();

    /// <summary>Overtake ranks of the messages that met the phones' replay caches; none for plain ones.</summary>
    public RankRecorder Ranks { get; }

    /// <summary>
    /// What the books take of the heap, near enough: they keep every message of the run, and are the one thing in the process that is meant to grow with it.
    /// </summary>
    public long BooksBytes => Ledger.MemoryBytes + Reports.MemoryBytes + (Ranks.Messages * BytesPerRank) + (Volatile.Read(ref _arrivalCount) * BytesPerArrival);

    /// <summary>Phones registered now.</summary>
    public int RegisteredPhones => Volatile.Read(ref _registered);

    /// <summary>Whether a phone is registered now.</summary>
    public bool IsRegistered(int phone) => Volatile.Read(ref _sessions[phone].IsRegistered);

    /// <summary>The arrivals recorded so far; empty unless asked for.</summary>
    public IReadOnlyList<ArrivalRecord> TakeArrivals()
    {
        lock (_arrivalsLock)
        {
            return [.. _arrivals];
        }
    }

    /// <summary>A message became due; returns its number, which is its send id. Called by the schedule's thread only.</summary>
    public long OnDue(int sender, int recipient, Instant due, Instant now)
    {
        Counters.CountDue();
        Lag.Record(now - due);
        return Ledger.Open(sender, recipient, due);
    }

    /// <summary>The schedule sends a phone online: its session begins.</summary>
    public void OnGoOnline(int phone, Instant now) => Volatile.Write(ref _sessions[phone].StartTicks, now.Ticks);

    public void OnUeFact(UeId ue, in UeEffect fact, Instant now)
    {
        ref var session = ref _sessions[ue.Index];
        switch (fact.Kind)
        {
            case UeEffectKind.Registered:
                OnRegistered(ref session, now);
                break;
            case UeEffectKind.RegistrationFailed:
                // A refresh that failed leaves the binding as it is; its end is reported as such.
                Counters.CountRegistrationFailure();
                break;
            case UeEffectKind.WentOffline:
                SetOffline(ref session);
                break;
            case UeEffectKind.MessageSent:
                OnSent(fact, now);
                break;
            case UeEffectKind.MessageAnswered:
                OnAnswered(fact, now);
                break;
            case UeEffectKind.MessageFailed:
                OnFailed(fact.Token, ReasonOf(fact.Failure));
                break;
            case UeEffectKind.MessageReceived:
                OnReceived(ue.Index, ref session, fact, now);
                break;
            case UeEffectKind.ReportDue:
                Counters.CountReportDue();
                break;
            case UeEffectKind.ReportSent:
                OnReportSent(fact);
                break;
            case UeEffectKind.ReportEnded:
                Counters.CountReportEnded(fact.Status is >= 200 and < 300);
                break;
            case UeEffectKind.ReportReceived:
                OnReportReceived(ue.Index, fact, now);
                break;
            case UeEffectKind.Transmit:
            case UeEffectKind.QueryKms:
            default:
                break;
        }
    }

    public void OnUeRestarted(UeId ue, Exception cause)
    {
        Counters.CountRestart();
        SetOffline(ref _sessions[ue.Index]);
    }

    public void OnDropped(ReadOnlyMemory<byte> body, string contentType, string reason)
    {
        if (TryFindStored(contentType, body, out var number))
        {
            var flag = reason switch
            {
                "expired" => LedgerMarks.DroppedExpired,
                "purged" => LedgerMarks.DroppedPurged,
                _ => LedgerMarks.DroppedUndeliverable,
            };
            Ledger.Update(number, flag, static (ref LedgerEntry entry, LedgerMarks set) => entry.Marks |= set);
        }
    }

    /// <summary>A message was found in the application server's store at the end of the run.</summary>
    public void OnFoundStored(StoredMailboxMessage stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        if (TryFindStored(stored.ContentType, stored.Body, out var number))
        {
            Ledger.Update(number, 0, static (ref LedgerEntry entry, int _) => entry.Marks |= LedgerMarks.FoundStored);
        }
        else
        {
            OnFoundStoredReport(stored);
        }
    }

    private void OnRegistered(ref PhoneSession session, Instant now)
    {
        Counters.CountRegistration();
        if (!session.IsRegistered)
        {
            session.IsRegistered = true;
            Interlocked.Increment(ref _registered);
            Volatile.Write(ref session.RegisteredTicks, now.Ticks);
            var start = Volatile.Read(ref session.StartTicks);
            if (start != 0)
            {
                Registration.Record(now - new Instant(start));
            }
        }
    }

    private void SetOffline(ref PhoneSession session)
    {
        if (session.IsRegistered)
        {
            session.IsRegistered = false;
            Interlocked.Decrement(ref _registered);
        }
    }

    private void OnSent(in UeEffect fact, Instant now)
    {
        var due = Ledger.Update(fact.Token, (fact.Timestamp, fact.Digest, now), static (ref LedgerEntry entry, (NtpTimestamp Timestamp, ReplayDigest Digest, Instant Now) sent) =>
        {
            entry.Timestamp = sent.Timestamp;
            entry.Digest = sent.Digest;
            entry.SentTicks = sent.Now.Ticks;
            return entry.DueTicks;
        });
        Ledger.Bind(fact.Token, fact.Digest);
        Counters.CountSent();
        Handover.Record(now - new Instant(due));
    }

    private void OnAnswered(in UeEffect fact, Instant now)
    {
        if (fact.Status is < 200 or >= 300)
        {
            var reason = fact.Status >= 600 ? FailureReason.Refused6xx : fact.Status >= 500 ? FailureReason.Refused5xx : FailureReason.Refused4xx;
            Ledger.Update(fact.Token, fact.Status, static (ref LedgerEntry entry, int status) => entry.Status = (short)status);
            OnFailed(fact.Token, reason);
            return;
        }

        var due = Ledger.Update(fact.Token, (fact.Status, now), static (ref LedgerEntry entry, (int Status, Instant Now) answer) =>
        {
            entry.Status = (short)answer.Status;
            entry.AnsweredTicks = answer.Now.Ticks;
            return entry.DueTicks;
        });
        Answer.Record(now - new Instant(due));
        Counters.CountAnswered(fact.Status);
        Counters.CountSettled();
    }

    private void OnFailed(long number, FailureReason reason)
    {
        Ledger.Update(number, reason, static (ref LedgerEntry entry, FailureReason failure) => entry.Failure = failure);
        Counters.CountFailed(reason);
        Counters.CountSettled();
    }

    private void OnReceived(int phone, ref PhoneSession session, in UeEffect fact, Instant now)
    {
        if (fact.Request is not null && AttackMark.TryRead(fact.Request.CallId, out var kind))
        {
            Counters.CountAttackOutcome(kind, fact.Outcome);
            return;
        }

        RecordArrival(phone, fact, now);
        if (!Ledger.TryFind(fact.Digest, out var number))
        {
            if (Reports.TryFind(fact.Digest, out _))
            {
                OnReportRefused(fact.Outcome);
                return;
            }

            if (fact.Outcome is ReceiveOutcome.Accepted)
            {
                Counters.CountUnknownAccepted();
            }

            Counters.CountReceived(fact.Outcome);
            return;
        }

        if (fact.IdentityDiffers)
        {
            Counters.CountIdentityDiffers();
        }

        var (before, after) = Ledger.Update(number, (fact.Outcome, now), ApplyReceived);
        if ((after.Marks & ~before.Marks).HasFlag(LedgerMarks.Ranked))
        {
            var key = fact.Timestamp.OrderKey;
            session.Tracker ??= new OvertakeRankTracker(RankRecorder.MaxRank);
            Ranks.Record(session.Tracker.Observe(_settings.TimestampBytes == 4 ? key >> 32 : key));
        }

        if (fact.Outcome == ReceiveOutcome.Duplicate)
        {
            Counters.CountRedelivered();
            return;
        }

        Counters.CountReceived(fact.Outcome);
        if (before.ReceivedTicks == 0)
        {
            CheckOrder(ref session, after);
        }

        if (after.AcceptedCount > before.AcceptedCount)
        {
            var start = Math.Max(after.DueTicks, Volatile.Read(ref session.RegisteredTicks));
            Delivery.Record(now - new Instant(start));
            Age.Record(now - new Instant(after.DueTicks));
        }
    }

    private void RecordArrival(int phone, in UeEffect fact, Instant now)
    {
        if (_settings.RecordArrivals && fact.Timestamp != default)
        {
            lock (_arrivalsLock)
            {
                _arrivals.Add(new ArrivalRecord(phone, now.Ticks, fact.Timestamp, fact.Digest, fact.Outcome));
                _arrivalCount = _arrivals.Count;
            }
        }
    }

    private static (LedgerEntry Before, LedgerEntry After) ApplyReceived(ref LedgerEntry entry, (ReceiveOutcome Outcome, Instant Now) received)
    {
        var before = entry;

        // What another check refused, or the bound on the future, never met the rule: it has no rank and overtakes nothing.
        entry.Marks |= received.Outcome is ReceiveOutcome.Accepted or ReceiveOutcome.Stale or ReceiveOutcome.Tie ? LedgerMarks.Ranked : LedgerMarks.None;
        switch (received.Outcome)
        {
            case ReceiveOutcome.Accepted or ReceiveOutcome.PlainAccepted:
                entry.AcceptedCount++;
                entry.ReceivedTicks = entry.ReceivedTicks == 0 ? received.Now.Ticks : entry.ReceivedTicks;
                break;
            case ReceiveOutcome.Duplicate:
                entry.RedeliveredCount++;
                break;
            case ReceiveOutcome.KmsUnavailable:
                // Temporary: the message stays where it was and comes again.
                break;
            default:
                entry.Refusal = received.Outcome;
                entry.Marks |= LedgerMarks.Refused;
                entry.ReceivedTicks = entry.ReceivedTicks == 0 ? received.Now.Ticks : entry.ReceivedTicks;
                break;
        }

        return (before, entry);
    }

    /// <summary>
    /// Order as a phone can see it: a message that was stored (its sender told 202) before this session began must not arrive after a newer one that was
    /// stored as well; nor after any newer one, unless live messages may bypass the drain.
    /// </summary>
    private void CheckOrder(ref PhoneSession session, in LedgerEntry entry)
    {
        if (!_settings.CheckOrder || entry.ReceivedTicks == 0)
        {
            return;
        }

        var start = Volatile.Read(ref session.StartTicks);
        if (session.OrderedSession != start)
        {
            session.OrderedSession = start;
            session.NewestAny = 0;
            session.NewestDeferred = 0;
        }

        var key = entry.Timestamp.OrderKey;
        var isDeferred = entry.AnsweredTicks != 0 && entry.AnsweredTicks < start;
        if (isDeferred)
        {
            if (key < (_settings.LiveBypassesDrain ? session.NewestDeferred : session.NewestAny))
            {
                Counters.CountOrderViolation();
            }

            session.NewestDeferred = Math.Max(session.NewestDeferred, key);
        }

        session.NewestAny = Math.Max(session.NewestAny, key);
    }

    private bool TryFindStored(string contentType, ReadOnlyMemory<byte> body, out long number)
    {
        if (MessageIdentity.TryRead(contentType, body, out var digest))
        {
            return Ledger.TryFind(digest, out number);
        }

        number = -1;
        return false;
    }

    private static FailureReason ReasonOf(SendFailure failure) => failure switch
    {
        SendFailure.Timeout => FailureReason.Timeout,
        SendFailure.Transport => FailureReason.Transport,
        SendFailure.Kms => FailureReason.Kms,
        SendFailure.QueueFull => FailureReason.QueueFull,
        SendFailure.Recipient => FailureReason.Recipient,
        SendFailure.Crash => FailureReason.Crash,
        _ => FailureReason.Offline,
    };

    private struct PhoneSession
    {
        public long StartTicks;
        public long RegisteredTicks;
        public long OrderedSession;
        public ulong NewestAny;
        public ulong NewestDeferred;
        public bool IsRegistered;

        // Made with the first message. Like all of this but the volatile parts, for the phone's own facts alone, which come one after the other.
        public OvertakeRankTracker? Tracker;
    }
}
