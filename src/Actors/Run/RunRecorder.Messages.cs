using UeFarm.Actors.Journal;
using UeFarm.Actors.Ledger;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Run;

// Messages of the schedule: what their senders, their recipients and the application server say of them.
public sealed partial class RunRecorder
{
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
            _arrivals.Add(fact);
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

    private void CheckOrder(ref PhoneSession session, in LedgerEntry entry)
    {
        if (_settings.CheckOrder && entry.ReceivedTicks != 0 && session.BreaksOrder(entry, _settings.LiveBypassesDrain))
        {
            Counters.CountOrderViolation();
        }
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
}
