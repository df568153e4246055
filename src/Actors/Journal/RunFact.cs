using UeFarm.Actors.Attack;
using UeFarm.Actors.Ledger;
using UeFarm.Protocol;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Journal;

/// <summary>
/// One fact of a run, small enough to be kept by the million and to be sent to another process. Which fields go with each kind is said at <see cref="RunFactKind"/>.
/// Ticks: when it happened, by the clock that the run's books go by (UTC ticks in a cluster, the monotonic clock's in one process).
/// </summary>
public readonly record struct RunFact(
    RunFactKind Kind,
    long Ticks,
    int Phone = -1,
    long Token = -1,
    int Status = 0,
    SendFailure Failure = SendFailure.None,
    NtpTimestamp Timestamp = default,
    ReplayDigest Digest = default,
    ReceiveOutcome Outcome = default,
    bool IdentityDiffers = false,
    AttackKind? Attack = null,
    ImdnStatus? ReportStatus = null,
    LedgerMarks Drop = LedgerMarks.None);
