using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Ledger;

/// <summary>The closed ledger: every message of the run under exactly one outcome.</summary>
public sealed record LedgerTotals
{
    public required long Sent { get; init; }

    public required long Accepted { get; init; }

    public required IReadOnlyDictionary<ReceiveOutcome, long> RejectedByReason { get; init; }

    public required IReadOnlyDictionary<FailureReason, long> FailedByReason { get; init; }

    public required long Expired { get; init; }

    public required long Stored { get; init; }

    public required long Unaccounted { get; init; }

    /// <summary>Messages answered 2xx that are neither delivered, refused, expired nor stored.</summary>
    public required long PromisesBroken { get; init; }

    /// <summary>Messages that a phone accepted more than once.</summary>
    public required long AcceptedTwice { get; init; }

    public long Rejected => RejectedByReason.Values.Sum();

    public long Failed => FailedByReason.Values.Sum();

    /// <summary>sent = accepted + rejected + expired + failed + stored, nothing unaccounted.</summary>
    public bool IsBalanced => Unaccounted == 0 && Sent == Accepted + Rejected + Expired + Failed + Stored;
}
