using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Ledger;

/// <summary>What is known about one message; kept in chunks of structs, so that millions fit. Times are ticks of the run's monotonic clock, 0: not yet.</summary>
public struct LedgerEntry
{
    public int Sender { get; set; }

    public int Recipient { get; set; }

    public long DueTicks { get; set; }

    public long SentTicks { get; set; }

    public long AnsweredTicks { get; set; }

    public long ReceivedTicks { get; set; }

    public NtpTimestamp Timestamp { get; set; }

    public ReplayDigest Digest { get; set; }

    public short Status { get; set; }

    public byte AcceptedCount { get; set; }

    public byte RedeliveredCount { get; set; }

    public FailureReason Failure { get; set; }

    public ReceiveOutcome Refusal { get; set; }

    public MessageOutcome Outcome { get; set; }

    public LedgerMarks Marks { get; set; }

    public ReportMarks Reports { get; set; }

    /// <summary>Whether the sender was told that the message is taken care of.</summary>
    public readonly bool IsPromised => Status is >= 200 and < 300;

    /// <summary>Whether its sender was told 202 and nobody has put an end to it since: as far as is known here, the application server has it.</summary>
    public readonly bool IsDeferred => Status == 202 && ReceivedTicks == 0
        && (Marks & (LedgerMarks.DroppedExpired | LedgerMarks.DroppedUndeliverable | LedgerMarks.DroppedPurged)) == LedgerMarks.None;
}
