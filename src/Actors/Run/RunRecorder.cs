using System.Runtime.CompilerServices;
using UeFarm.Actors.Journal;
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

    private static readonly TimeSpan LateLimit = TimeSpan.FromMilliseconds(100);
    private static readonly long BytesPerArrival = Unsafe.SizeOf<ArrivalRecord>();

    private readonly PhoneSession[] _sessions;
    private readonly RunRecorderSettings _settings;
    private readonly List<ArrivalRecord> _arrivals = [];
    private readonly Lock _arrivalsLock = new();
    private long _arrivalCount;
    private int _registered;
    private int _registering;

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

    /// <summary>Share of the messages that were handed over more than 100 ms late, 0 to 1.</summary>
    public double LateShare => Lag.Count is > 0 and var played ? (double)Lag.CountAbove(LateLimit) / played : 0;

    /// <summary>Overtake ranks of the messages that met the phones' replay caches; none for plain ones.</summary>
    public RankRecorder Ranks { get; }

    /// <summary>
    /// What the books take of the heap, near enough: they keep every message of the run, and are the one thing in the process that is meant to grow with it.
    /// </summary>
    public long BooksBytes => Ledger.MemoryBytes + Reports.MemoryBytes + (Ranks.Messages * BytesPerRank) + (Volatile.Read(ref _arrivalCount) * BytesPerArrival);

    /// <summary>Phones registered now.</summary>
    public int RegisteredPhones => Volatile.Read(ref _registered);

    /// <summary>Phones that were sent online and have not registered yet, or were not let in.</summary>
    public int RegisteringPhones => Volatile.Read(ref _registering);

    /// <summary>The others.</summary>
    public int OfflinePhones => Math.Max(0, _sessions.Length - RegisteredPhones - RegisteringPhones);

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

    /// <summary>Opens the next message of the schedule; returns its number, which is its send id. Called by one thread at a time.</summary>
    public long Open(int sender, int recipient, Instant due)
    {
        Counters.CountDue();
        return Ledger.Open(sender, recipient, due);
    }

    /// <summary>A message became due and is handed to its phone; returns its number. Called by the schedule's thread only.</summary>
    public long OnDue(int sender, int recipient, Instant due, Instant now)
    {
        var number = Open(sender, recipient, due);
        Record(new RunFact(RunFactKind.Due, now.Ticks, sender, number));
        return number;
    }

    /// <summary>The schedule sends a phone online: its session begins.</summary>
    public void OnGoOnline(int phone, Instant now) => Record(new RunFact(RunFactKind.GoOnline, now.Ticks, phone));

    public void OnUeFact(UeId ue, in UeEffect fact, Instant now) => Record(RunFact.Of(ue, fact, now));

    public void OnUeRestarted(UeId ue, Exception cause) => Record(new RunFact(RunFactKind.Restarted, Ticks: 0, ue.Index));

    public void OnDropped(ReadOnlyMemory<byte> body, string contentType, string reason)
    {
        if (RunFact.TryOfDropped(body, contentType, reason, default, out var fact))
        {
            Record(fact);
        }
    }

    /// <summary>A message was found in the application server's store at the end of the run.</summary>
    public void OnFoundStored(StoredMailboxMessage stored)
    {
        if (RunFact.TryOfStored(stored, default, out var fact))
        {
            Record(fact);
        }
    }

    /// <summary>
    /// Takes a fact into the books, from any thread. Facts of one phone come one after the other; those about a message come after it was opened, and what its
    /// recipient did with it after it was sent.
    /// </summary>
    public void Record(in RunFact fact)
    {
        switch (fact.Kind)
        {
            case RunFactKind.Due:
                Lag.Record(new Instant(fact.Ticks) - new Instant(Ledger.Read(fact.Token).DueTicks));
                break;
            case RunFactKind.GoOnline:
                Volatile.Write(ref _sessions[fact.Phone].StartTicks, fact.Ticks);
                SetRegistering(ref _sessions[fact.Phone], !Volatile.Read(ref _sessions[fact.Phone].IsRegistered));
                break;
            case RunFactKind.Registered:
                OnRegistered(ref _sessions[fact.Phone], fact);
                break;
            case RunFactKind.RegistrationFailed:
                // A refresh that failed leaves the binding as it is; its end is reported as such.
                Counters.CountRegistrationFailure();
                break;
            case RunFactKind.WentOffline:
                SetOffline(ref _sessions[fact.Phone]);
                break;
            case RunFactKind.Restarted:
                Counters.CountRestart();
                SetOffline(ref _sessions[fact.Phone]);
                break;
            case RunFactKind.MessageSent:
                OnSent(fact);
                break;
            case RunFactKind.MessageAnswered:
                OnAnswered(fact);
                break;
            case RunFactKind.MessageFailed:
                OnFailed(fact.Token, ReasonOf(fact.Failure));
                break;
            case RunFactKind.MessageReceived:
                OnReceived(ref _sessions[fact.Phone], fact);
                break;
            case RunFactKind.ReportDue:
                Counters.CountReportDue();
                break;
            case RunFactKind.ReportSent:
                OnReportSent(fact);
                break;
            case RunFactKind.ReportEnded:
                Counters.CountReportEnded(fact.Status is >= 200 and < 300);
                break;
            case RunFactKind.ReportReceived:
                OnReportReceived(fact);
                break;
            case RunFactKind.AttackSent:
                Counters.CountAttackSent(fact.Attack!.Value);
                break;
            case RunFactKind.Dropped:
                OnDropped(fact);
                break;
            case RunFactKind.FoundStored:
                OnStored(fact);
                break;
            case RunFactKind.None:
            case RunFactKind.GoOffline:
            case RunFactKind.Claimed:
            default:
                break;
        }
    }

    private void OnRegistered(ref PhoneSession session, in RunFact fact)
    {
        Counters.CountRegistration();
        SetRegistering(ref session, false);
        if (!session.IsRegistered)
        {
            session.IsRegistered = true;
            Interlocked.Increment(ref _registered);
            Volatile.Write(ref session.RegisteredTicks, fact.Ticks);
            var start = Volatile.Read(ref session.StartTicks);
            if (start != 0)
            {
                Registration.Record(new Instant(fact.Ticks) - new Instant(start));
            }
        }
    }

    /// <summary>From the schedule's thread too, so that for a moment it may be behind; the phone's next registration puts it right.</summary>
    private void SetRegistering(ref PhoneSession session, bool isRegistering)
    {
        if (Interlocked.Exchange(ref session.IsRegistering, isRegistering) != isRegistering)
        {
            Interlocked.Add(ref _registering, isRegistering ? 1 : -1);
        }
    }

    private void SetOffline(ref PhoneSession session)
    {
        SetRegistering(ref session, false);
        if (session.IsRegistered)
        {
            session.IsRegistered = false;
            Interlocked.Decrement(ref _registered);
        }
    }

    private void OnSent(in RunFact fact)
    {
        var now = new Instant(fact.Ticks);
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

    private void OnAnswered(in RunFact fact)
    {
        if (fact.Status is < 200 or >= 300)
        {
            var reason = fact.Status >= 600 ? FailureReason.Refused6xx : fact.Status >= 500 ? FailureReason.Refused5xx : FailureReason.Refused4xx;
            Ledger.Update(fact.Token, fact.Status, static (ref LedgerEntry entry, int status) => entry.Status = (short)status);
            OnFailed(fact.Token, reason);
            return;
        }

        var now = new Instant(fact.Ticks);
        var (before, after) = Ledger.Update(fact.Token, (fact.Status, now), static (ref LedgerEntry entry, (int Status, Instant Now) answer) =>
        {
            var before = entry;
            entry.Status = (short)answer.Status;
            entry.AnsweredTicks = answer.Now.Ticks;
            return (before, entry);
        });
        Answer.Record(now - new Instant(after.DueTicks));
        Counters.CountAnswered(fact.Status);
        Counters.CountSettled();
        CountDeferred(before, after);
    }

    private void OnFailed(long number, FailureReason reason)
    {
        var isAccepted = Ledger.Update(number, reason, static (ref LedgerEntry entry, FailureReason failure) =>
        {
            entry.Failure = failure;
            return entry.AcceptedCount > 0;
        });
        Counters.CountFailed(reason);
        Counters.CountSettled();
        if (isAccepted)
        {
            Counters.CountFailedInVain(reason);
        }
    }

    private void OnReceived(ref PhoneSession session, in RunFact fact)
    {
        if (fact.Attack is { } kind)
        {
            Counters.CountAttackOutcome(kind, fact.Outcome);
            return;
        }

        var now = new Instant(fact.Ticks);
        RecordArrival(fact);
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
        CountDeferred(before, after);
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
            if (before.AcceptedCount == 1)
            {
                Counters.CountAcceptedTwice();
            }
            else if (before.AcceptedCount == 0 && before.Failure != FailureReason.None)
            {
                Counters.CountFailedInVain(before.Failure);
            }

            var start = Math.Max(after.DueTicks, Volatile.Read(ref session.RegisteredTicks));
            Delivery.Record(now - new Instant(start));
            Age.Record(now - new Instant(after.DueTicks));
        }
    }

    private void RecordArrival(in RunFact fact)
    {
        if (_settings.RecordArrivals && fact.Timestamp != default)
        {
            lock (_arrivalsLock)
            {
                _arrivals.Add(new ArrivalRecord(fact.Phone, fact.Ticks, fact.Timestamp, fact.Digest, fact.Outcome));
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

    private void OnDropped(in RunFact fact)
    {
        if (Mark(fact.Digest, fact.Drop) && fact.Drop == LedgerMarks.DroppedExpired)
        {
            Counters.CountExpired();
        }
    }

    /// <summary>False: no message of the run has this digest.</summary>
    private bool Mark(ReplayDigest digest, LedgerMarks mark)
    {
        if (!Ledger.TryFind(digest, out var number))
        {
            return false;
        }

        var (before, after) = Ledger.Update(number, mark, static (ref LedgerEntry entry, LedgerMarks set) =>
        {
            var before = entry;
            entry.Marks |= set;
            return (before, entry);
        });
        CountDeferred(before, after);
        return true;
    }

    private void CountDeferred(in LedgerEntry before, in LedgerEntry after)
    {
        if (before.IsDeferred != after.IsDeferred)
        {
            Counters.CountDeferred(after.IsDeferred);
        }
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
        public bool IsRegistering;

        // Made with the first message. Like all of this but the volatile parts, for the phone's own facts alone, which come one after the other.
        public OvertakeRankTracker? Tracker;
    }
}
