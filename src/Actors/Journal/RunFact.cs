using UeFarm.Actors.Attack;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Run;
using UeFarm.Actors.Ue;
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
    LedgerMarks Drop = LedgerMarks.None,
    string? Sender = null)
{
    /// <summary>Whether it is about the recipient of messages: given later than the facts of senders (see <see cref="RunTail"/>).</summary>
    public bool IsOfRecipient => Kind is RunFactKind.GoOnline or RunFactKind.GoOffline or RunFactKind.Registered or RunFactKind.WentOffline or RunFactKind.Restarted
        or RunFactKind.MessageReceived or RunFactKind.ReportReceived or RunFactKind.Dropped or RunFactKind.FoundStored;

    /// <summary>What a phone's effect says; of kind None for the two that are no facts.</summary>
    public static RunFact Of(UeId ue, in UeEffect effect, Instant now)
    {
        var (ticks, phone) = (now.Ticks, ue.Index);
        return effect.Kind switch
        {
            UeEffectKind.Registered => new RunFact(RunFactKind.Registered, ticks, phone),
            UeEffectKind.RegistrationFailed => new RunFact(RunFactKind.RegistrationFailed, ticks, phone, Status: effect.Status),
            UeEffectKind.WentOffline => new RunFact(RunFactKind.WentOffline, ticks, phone),
            UeEffectKind.MessageSent =>
                new RunFact(RunFactKind.MessageSent, ticks, phone, effect.Token, Timestamp: effect.Timestamp, Digest: effect.Digest),
            UeEffectKind.MessageAnswered => new RunFact(RunFactKind.MessageAnswered, ticks, phone, effect.Token, effect.Status),
            UeEffectKind.MessageFailed => new RunFact(RunFactKind.MessageFailed, ticks, phone, effect.Token, Failure: effect.Failure),
            UeEffectKind.MessageReceived => new RunFact(
                RunFactKind.MessageReceived, ticks, phone, Timestamp: effect.Timestamp, Digest: effect.Digest, Outcome: effect.Outcome,
                IdentityDiffers: effect.IdentityDiffers, Attack: AttackMark.Of(effect), Sender: effect.Sender),
            UeEffectKind.ReportDue => new RunFact(RunFactKind.ReportDue, ticks, phone),
            UeEffectKind.ReportSent => new RunFact(
                RunFactKind.ReportSent, ticks, phone, ReportId.TryReadNumber(effect.MessageId!, out var number) ? number : -1,
                Timestamp: effect.Timestamp, Digest: effect.Digest),
            UeEffectKind.ReportEnded => new RunFact(RunFactKind.ReportEnded, ticks, phone, Status: effect.Status),
            UeEffectKind.ReportReceived => new RunFact(
                RunFactKind.ReportReceived, ticks, phone, effect.Token, Timestamp: effect.Timestamp, Digest: effect.Digest, Outcome: effect.Outcome,
                Attack: AttackMark.Of(effect), ReportStatus: effect.Report!.Status, Sender: effect.Sender),
            _ => default,
        };
    }

    /// <summary>The application server dropped a message. False: what it is cannot be told from its body.</summary>
    public static bool TryOfDropped(ReadOnlyMemory<byte> body, string contentType, string reason, Instant now, out RunFact fact)
    {
        fact = default;
        if (!MessageIdentity.TryRead(contentType, body, out var digest))
        {
            return false;
        }

        var mark = reason switch
        {
            "expired" => LedgerMarks.DroppedExpired,
            "purged" => LedgerMarks.DroppedPurged,
            _ => LedgerMarks.DroppedUndeliverable,
        };
        fact = new RunFact(RunFactKind.Dropped, now.Ticks, Digest: digest, Drop: mark);
        return true;
    }

    /// <summary>A message or a report was found in the application server's store. False: what it is cannot be told from its body.</summary>
    public static bool TryOfStored(StoredMailboxMessage stored, Instant now, out RunFact fact)
    {
        ArgumentNullException.ThrowIfNull(stored);
        fact = default;
        if (MessageIdentity.TryRead(stored.ContentType, stored.Body, out var digest))
        {
            fact = new RunFact(RunFactKind.FoundStored, now.Ticks, Digest: digest);
        }
        else if (MessageIdentity.TryReadReport(stored.ContentType, stored.Body, out var id) && ReportId.TryReadNumber(id, out var number))
        {
            fact = new RunFact(RunFactKind.FoundStored, now.Ticks, Token: number);
        }

        return fact.Kind != RunFactKind.None;
    }
}
