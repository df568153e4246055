using System.Diagnostics.CodeAnalysis;

namespace UeFarm.Protocol.Messaging;

// The life of one message: sent, stored, kept for later, finished.
public sealed partial class MailboxBehavior
{
    /// <summary>To the phone at once, while its sender waits.</summary>
    private void Forward(ActiveMessage message, Instant now)
    {
        message.HoldUntil = now + _settings.HoldTime;
        message.IsBypassing = _settings.LiveBypassesDrain;
        _active.Add(message);
        Send(message);
    }

    private void Send(ActiveMessage message)
    {
        message.IsInFlight = true;
        if (message.IsBypassing)
        {
            _bypassing++;
        }
        else
        {
            _inFlight++;
        }

        _effects.Enqueue(new MailboxEffect(MailboxEffectKind.Deliver, message.Record, Attempt: ++_deliveries));
    }

    private void LeaveFlight(ActiveMessage message)
    {
        message.IsInFlight = false;
        message.HoldUntil = Instant.Never;
        if (message.IsBypassing)
        {
            _bypassing--;
        }
        else
        {
            _inFlight--;
        }
    }

    private void BeginStoring(ActiveMessage message, bool enforceLimits)
    {
        if (enforceLimits)
        {
            var isFull = StoredOrStoring >= _settings.MaxMessages;
            if (isFull || _bodyBytes + message.Record.Body.Length > _settings.MaxBodyBytes)
            {
                // Interpretation: 480, not 503: a 503 with Retry-After would stop the sender for all recipients (RFC 3261 section 21.5.4).
                Refuse(message, 480, _settings.RefusalRetryAfter, isFull ? MailboxFact.RefusedQuota : MailboxFact.RefusedQuotaBytes);
                return;
            }

            if (_storing >= MaxStoring)
            {
                Refuse(message, 503, _settings.RefusalRetryAfter, MailboxFact.RefusedStorage);
                return;
            }
        }

        if (!_active.Contains(message))
        {
            _active.Add(message);
        }

        message.IsStoring = true;
        _storing++;
        _bodyBytes += message.Record.Body.Length;
        _effects.Enqueue(new MailboxEffect(MailboxEffectKind.Store, message.Record));
    }

    private int StoredOrStoring => StoredCount + _storing;

    /// <summary>The message is in no store. A delivery of it that is under way goes on.</summary>
    private void GiveUpStoring(ActiveMessage message, int status, MailboxFact fact)
    {
        message.IsStoring = false;
        _storing--;
        _bodyBytes -= message.Record.Body.Length;
        if (message.Sender is not null)
        {
            Answer(message, status, _settings.RefusalRetryAfter);
            Emit(fact);
        }

        RemoveUnlessInFlight(message);
    }

    /// <summary>A final result that is not temporary: the message leaves the mailbox.</summary>
    private void Finish(ActiveMessage message, int status, DeliveryClass outcome)
    {
        var done = outcome == DeliveryClass.Done;
        if (message.IsStored)
        {
            _active.Remove(message);
            Emit(done ? MailboxFact.Delivered : MailboxFact.DroppedPermanent);
            if (done)
            {
                StoredCount--;
                Forget(message.Record.Arrival, message.Record.Body.Length);
            }
            else
            {
                Drop(message.Record, status, "permanent", message.WasAttempted);
            }

            return;
        }

        if (message.Sender is not null)
        {
            Answer(message, status, TimeSpan.Zero);
            Emit(done ? MailboxFact.ForwardedLive : MailboxFact.RelayedFailure);
        }

        message.IsFinished = true;
        if (!message.IsStoring)
        {
            _active.Remove(message);
        }
    }

    /// <summary>A delivery failed for now or was abandoned: the message stays, or comes into the store.</summary>
    private void KeepForLater(ActiveMessage message, Instant now, DateTimeOffset utcNow)
    {
        if (message.IsStored)
        {
            ReturnToBacklog(message, now, utcNow, attempted: true);
        }
        else if (message.IsStoring)
        {
            message.WasAttempted = true;
        }
        else if (message.Sender is null)
        {
            _active.Remove(message); // refused when the store failed
        }
        else if (message.Record.ExpiresAt <= utcNow)
        {
            Refuse(message, 480, TimeSpan.Zero, MailboxFact.RefusedExpired);
        }
        else
        {
            message.WasAttempted = true;
            BeginStoring(message, enforceLimits: true);
        }
    }

    private void ReturnToBacklog(ActiveMessage message, Instant now, DateTimeOffset utcNow, bool attempted = false)
    {
        _active.Remove(message);
        if (message.IsPurged && _backlog.IsKnown)
        {
            DropPurged(message.Record, attempted || message.WasAttempted);
            return;
        }

        if (message.Record.ExpiresAt <= utcNow && _backlog.IsKnown)
        {
            DropExpired(message.Record, attempted || message.WasAttempted);
            return;
        }

        if (attempted || message.WasAttempted)
        {
            _attempted.Add(new Attempt(message.Record.Arrival, message.Record.Body.Length, message.Record.Position));
        }

        _backlog.Add(message.Record, CanDeliver(now));
    }

    private void AbandonDeliveries(Instant now, DateTimeOffset utcNow)
    {
        _backlog.Evict();
        for (var i = _active.Count - 1; i >= 0; i--)
        {
            var message = _active[i];
            if (message.IsInFlight)
            {
                LeaveFlight(message);
                _effects.Enqueue(new MailboxEffect(MailboxEffectKind.Abandon, message.Record));
                KeepForLater(message, now, utcNow);
            }
        }

        _backlog.Evict();
    }

    private void LateSuccess(long arrival, ActiveMessage? message, int status)
    {
        if (message is not null)
        {
            if (message.WasAttempted && message.IsStoring && !message.IsFinished)
            {
                NoteDelivered(message.Record.Position);
                Finish(message, status, DeliveryClass.Done);
            }
        }
        else if (TakeAttempt(arrival, out var attempt))
        {
            _backlog.Remove(arrival);
            NoteDelivered(attempt.Position);
            Emit(MailboxFact.Delivered);
            StoredCount--;
            Forget(arrival, attempt.BodyLength);
        }
    }

    private void BackOff(TimeSpan? retryAfter, Instant now)
    {
        _failures = Math.Min(_failures + 1, 30);
        var ticks = Math.Min(_settings.BackOffBase.Ticks * Math.Pow(2, _failures - 1), _settings.BackOffCap.Ticks);
        var share = 0.5 + (0.5 * NextFraction());
        var wait = TimeSpan.FromTicks((long)(ticks * share));
        if (retryAfter is { } asked)
        {
            asked = asked < _settings.BackOffCap ? asked : _settings.BackOffCap;
            wait = asked > wait ? asked : wait;
        }

        var until = now + wait;
        _resumeAt = until > _resumeAt ? until : _resumeAt;
        _awaitsDrain = false;
        _backlog.Evict();
    }

    /// <summary>0 to 1, 1 excluded.</summary>
    private double NextFraction() => (_random.NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A wait that already runs is not prolonged: copies of a registration must not hold the drain up.</summary>
    private void AwaitDrain(Instant now)
    {
        if (_awaitsDrain && now < _resumeAt)
        {
            return;
        }

        _awaitsDrain = true;
        _resumeAt = now + _settings.DrainDelay;
        _backlog.Evict();
    }

    private void DropExpired(MailboxRecord record, bool wasAttempted = false)
    {
        wasAttempted |= TakeAttempt(record.Arrival, out _);
        Emit(MailboxFact.DroppedExpired);
        Drop(record, 0, "expired", wasAttempted);
    }

    private void Forget(long arrival, int bodyLength)
    {
        _bodyBytes -= bodyLength;
        _backlog.NoteRemoved(arrival);
        _effects.Enqueue(new MailboxEffect(MailboxEffectKind.Remove, Arrival: arrival, BodyBytes: bodyLength));
    }

    private void NoteDelivered(MailboxPosition position) => _newestDelivered = position > _newestDelivered ? position : _newestDelivered;

    private void Refuse(ActiveMessage message, int status, TimeSpan retryAfter, MailboxFact fact)
    {
        Answer(message, status, retryAfter);
        Emit(fact);
        _active.Remove(message);
    }

    private void Answer(ActiveMessage message, int status, TimeSpan retryAfter)
    {
        _effects.Enqueue(new MailboxEffect(MailboxEffectKind.Answer, message.Record, message.Sender, status, retryAfter));
        message.Sender = null;
    }

    private void RemoveUnlessInFlight(ActiveMessage message)
    {
        if (!message.IsInFlight)
        {
            _active.Remove(message);
        }
    }

    private bool IsOlderBeingStored(MailboxPosition position)
    {
        foreach (var message in _active)
        {
            if (message.IsStoring && !message.IsFinished && !message.IsInFlight && message.Record.Position < position)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryFindActive(long arrival, [NotNullWhen(true)] out ActiveMessage? message)
    {
        foreach (var candidate in _active)
        {
            if (candidate.Record.Arrival == arrival)
            {
                message = candidate;
                return true;
            }
        }

        message = null;
        return false;
    }

    private bool TakeAttempt(long arrival, out Attempt attempt)
    {
        for (var i = 0; i < _attempted.Count; i++)
        {
            if (_attempted[i].Arrival == arrival)
            {
                attempt = _attempted[i];
                _attempted.RemoveAt(i);
                return true;
            }
        }

        attempt = default;
        return false;
    }

    private void Emit(MailboxFact fact) => _effects.Enqueue(new MailboxEffect(MailboxEffectKind.Fact, Fact: fact));
}
