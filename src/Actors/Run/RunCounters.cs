using UeFarm.Actors.Attack;
using UeFarm.Actors.Ledger;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Run;

/// <summary>Running totals of a run, for the live view and the metrics; the ledger's closing is what counts in the end. Safe to use from any thread.</summary>
public sealed class RunCounters
{
    private static readonly int OutcomeCount = Enum.GetValues<ReceiveOutcome>().Length;
    private static readonly int AttackCount = Enum.GetValues<AttackKind>().Length;
    private readonly long[] _received = new long[OutcomeCount];
    private readonly long[] _failed = new long[Enum.GetValues<FailureReason>().Length];
    private readonly long[] _failedInVain = new long[Enum.GetValues<FailureReason>().Length];
    private readonly long[] _attackOutcomes = new long[AttackCount * OutcomeCount];
    private readonly long[] _attacksSent = new long[AttackCount];
    private readonly long[] _reports = new long[Enum.GetValues<ImdnStatus>().Length];
    private long _reportsSent;
    private long _reportsDue;
    private long _reportsEnded;
    private long _reportsUnsent;
    private long _reportsRefused;
    private long _reportsForeign;
    private long _reportsDuplicate;
    private long _reportsContradicting;
    private long _due;
    private long _sent;
    private long _answered;
    private long _answered202;
    private long _deferred;
    private long _redelivered;
    private long _expired;
    private long _acceptedTwice;
    private long _orderViolations;
    private long _unknownAccepted;
    private long _identityDiffers;
    private long _registrations;
    private long _registrationFailures;
    private long _restarts;
    private long _inFlight;

    /// <summary>Messages that became due.</summary>
    public long Due => Volatile.Read(ref _due);

    /// <summary>Messages that phones handed to the network.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Messages whose sender got a 2xx.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Those among them answered 202, stored for later.</summary>
    public long Answered202 => Volatile.Read(ref _answered202);

    /// <summary>Those answered 202 that no phone has met and no server has dropped since: what the application server has, as far as facts tell.</summary>
    public long Deferred => Volatile.Read(ref _deferred);

    /// <summary>Copies of messages already accepted that came from the network itself, not from an attack.</summary>
    public long Redelivered => Volatile.Read(ref _redelivered);

    /// <summary>Messages that the application server dropped because their time was over.</summary>
    public long Expired => Volatile.Read(ref _expired);

    /// <summary>Messages that a phone accepted more than once. Must stay 0.</summary>
    public long AcceptedTwice => Volatile.Read(ref _acceptedTwice);

    public long OrderViolations => Volatile.Read(ref _orderViolations);

    /// <summary>Messages accepted that no phone of the run sent.</summary>
    public long UnknownAccepted => Volatile.Read(ref _unknownAccepted);

    /// <summary>Accepted messages whose S/MIME identity was not that of From.</summary>
    public long IdentityDiffers => Volatile.Read(ref _identityDiffers);

    public long Registrations => Volatile.Read(ref _registrations);

    public long RegistrationFailures => Volatile.Read(ref _registrationFailures);

    /// <summary>Phone actors restarted after a fault of their own.</summary>
    public long Restarts => Volatile.Read(ref _restarts);

    /// <summary>Messages due whose sender has neither a final answer nor a failure.</summary>
    public long InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Delivery reports that phones handed to the network.</summary>
    public long ReportsSent => Volatile.Read(ref _reportsSent);

    /// <summary>Reports that phones owe and that have not ended; those of phones that are off stay here.</summary>
    public long ReportsInFlight => Volatile.Read(ref _reportsDue) - Volatile.Read(ref _reportsEnded);

    /// <summary>Reports that phones gave up.</summary>
    public long ReportsUnsent => Volatile.Read(ref _reportsUnsent);

    /// <summary>Reports of phones of the run that the phone they were for refused.</summary>
    public long ReportsRefused => Volatile.Read(ref _reportsRefused);

    /// <summary>Reports about messages that their receiver did not send, or not to whom the report speaks for.</summary>
    public long ReportsForeign => Volatile.Read(ref _reportsForeign);

    /// <summary>Reports that said what their receiver had heard before.</summary>
    public long ReportsDuplicate => Volatile.Read(ref _reportsDuplicate);

    /// <summary>Messages reported delivered and failed. Must stay 0.</summary>
    public long ReportsContradicting => Volatile.Read(ref _reportsContradicting);

    /// <summary>Reports by what they said, each message once.</summary>
    public long Reports(ImdnStatus status) => Volatile.Read(ref _reports[(int)status]);

    /// <summary>Genuine messages by what the recipient's phone made of them.</summary>
    public long Received(ReceiveOutcome outcome) => Volatile.Read(ref _received[(int)outcome]);

    public long Failed(FailureReason reason) => Volatile.Read(ref _failed[(int)reason]);

    /// <summary>Those among them whose recipient has not accepted them, before or after.</summary>
    public long FailedForGood(FailureReason reason) => Math.Max(0, Failed(reason) - Volatile.Read(ref _failedInVain[(int)reason]));

    public long AttacksSent(AttackKind kind) => Volatile.Read(ref _attacksSent[(int)kind]);

    public long AttackOutcomes(AttackKind kind, ReceiveOutcome outcome) => Volatile.Read(ref _attackOutcomes[((int)kind * OutcomeCount) + (int)outcome]);

    /// <summary>Injected messages that a phone accepted. Must stay 0.</summary>
    public long AttacksAccepted =>
        Enum.GetValues<AttackKind>().Sum(kind => AttackOutcomes(kind, ReceiveOutcome.Accepted) + AttackOutcomes(kind, ReceiveOutcome.PlainAccepted));

    internal void CountDue()
    {
        Interlocked.Increment(ref _due);
        Interlocked.Increment(ref _inFlight);
    }

    internal void CountSent() => Interlocked.Increment(ref _sent);

    internal void CountAnswered(int status)
    {
        Interlocked.Increment(ref _answered);
        if (status == 202)
        {
            Interlocked.Increment(ref _answered202);
        }
    }

    internal void CountDeferred(bool isDeferred) => Interlocked.Add(ref _deferred, isDeferred ? 1 : -1);

    internal void CountSettled() => Interlocked.Decrement(ref _inFlight);

    internal void CountFailed(FailureReason reason) => Interlocked.Increment(ref _failed[(int)reason]);

    /// <summary>A message that failed for its sender was accepted all the same.</summary>
    internal void CountFailedInVain(FailureReason reason) => Interlocked.Increment(ref _failedInVain[(int)reason]);

    internal void CountReceived(ReceiveOutcome outcome) => Interlocked.Increment(ref _received[(int)outcome]);

    internal void CountReportDue() => Interlocked.Increment(ref _reportsDue);

    internal void CountReportSent() => Interlocked.Increment(ref _reportsSent);

    internal void CountReportEnded(bool isAnswered)
    {
        Interlocked.Increment(ref _reportsEnded);
        Interlocked.Add(ref _reportsUnsent, isAnswered ? 0 : 1);
    }

    internal void CountReport(ImdnStatus status) => Interlocked.Increment(ref _reports[(int)status]);

    internal void CountReportRefused() => Interlocked.Increment(ref _reportsRefused);

    internal void CountForeignReport() => Interlocked.Increment(ref _reportsForeign);

    internal void CountDuplicateReport() => Interlocked.Increment(ref _reportsDuplicate);

    internal void CountContradiction() => Interlocked.Increment(ref _reportsContradicting);

    internal void CountRedelivered() => Interlocked.Increment(ref _redelivered);

    internal void CountExpired() => Interlocked.Increment(ref _expired);

    internal void CountAcceptedTwice() => Interlocked.Increment(ref _acceptedTwice);

    internal void CountOrderViolation() => Interlocked.Increment(ref _orderViolations);

    internal void CountUnknownAccepted() => Interlocked.Increment(ref _unknownAccepted);

    internal void CountIdentityDiffers() => Interlocked.Increment(ref _identityDiffers);

    internal void CountRegistration() => Interlocked.Increment(ref _registrations);

    internal void CountRegistrationFailure() => Interlocked.Increment(ref _registrationFailures);

    internal void CountRestart() => Interlocked.Increment(ref _restarts);

    internal void CountAttackSent(AttackKind kind) => Interlocked.Increment(ref _attacksSent[(int)kind]);

    internal void CountAttackOutcome(AttackKind kind, ReceiveOutcome outcome) =>
        Interlocked.Increment(ref _attackOutcomes[((int)kind * OutcomeCount) + (int)outcome]);
}
