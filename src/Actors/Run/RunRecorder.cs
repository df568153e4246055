using UeFarm.Actors.Journal;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

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

    private readonly PhoneSessions _sessions;
    private readonly RunRecorderSettings _settings;
    private readonly ArrivalBook _arrivals = new();

    public RunRecorder(RunRecorderSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _sessions = new PhoneSessions(settings.Phones);
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
    public long BooksBytes => Ledger.MemoryBytes + Reports.MemoryBytes + (Ranks.Messages * BytesPerRank) + _arrivals.MemoryBytes;

    /// <summary>Phones registered now.</summary>
    public int RegisteredPhones => _sessions.Registered;

    /// <summary>Phones that were sent online and have not registered yet, or were not let in.</summary>
    public int RegisteringPhones => _sessions.Registering;

    /// <summary>The others.</summary>
    public int OfflinePhones => _sessions.Offline;

    /// <summary>Whether a phone is registered now.</summary>
    public bool IsRegistered(int phone) => _sessions.IsRegistered(phone);

    /// <summary>The arrivals recorded so far; empty unless asked for.</summary>
    public IReadOnlyList<ArrivalRecord> TakeArrivals() => _arrivals.Take();

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
                _sessions.Begin(fact.Phone, fact.Ticks);
                break;
            case RunFactKind.Registered:
                OnRegistered(fact);
                break;
            case RunFactKind.RegistrationFailed:
                // A refresh that failed leaves the binding as it is; its end is reported as such.
                Counters.CountRegistrationFailure();
                break;
            case RunFactKind.WentOffline:
                _sessions.SetOffline(fact.Phone);
                break;
            case RunFactKind.Restarted:
                Counters.CountRestart();
                _sessions.SetOffline(fact.Phone);
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
                OnReceived(ref _sessions.Of(fact.Phone), fact);
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

    private void OnRegistered(in RunFact fact)
    {
        Counters.CountRegistration();
        if (_sessions.SetRegistered(fact.Phone, fact.Ticks) && Volatile.Read(ref _sessions.Of(fact.Phone).StartTicks) is not 0 and var start)
        {
            Registration.Record(new Instant(fact.Ticks) - new Instant(start));
        }
    }
}
