namespace UeFarm.Protocol.Messaging;

// What happens after every input: expiry, holding, delivery, questions to the store, the next deadline.
public sealed partial class MailboxBehavior
{
    /// <summary>Everything that is due, in the one order that keeps the rules: expiry before delivery, delivery before questions.</summary>
    private void Step(Instant now, DateTimeOffset utcNow)
    {
        if (utcNow >= _backlog.EarliestExpiry && MayDrop)
        {
            while (_backlog.TryTakeExpired(utcNow, out var expired))
            {
                DropExpired(expired!);
            }

            if (!_backlog.HasBeyond)
            {
                _backlog.ResetEarliestExpiry();
            }
        }

        SendReports(now);
        StoreHeld(now, utcNow);
        Dispatch(now, utcNow);
        ReturnUnusedTurn();
        AskStore(now, utcNow);
        NextDeadline = ComputeDeadline(now, utcNow);
    }

    private void StoreHeld(Instant now, DateTimeOffset utcNow)
    {
        foreach (var message in _active)
        {
            if (message.Sender is not null && message.HoldUntil <= now)
            {
                // What is about to expire is not worth storing: the result of its one delivery is the answer.
                message.HoldUntil = Instant.Never;
                if (message.Record.ExpiresAt > utcNow)
                {
                    BeginStoring(message, enforceLimits: false);
                }
            }
        }
    }

    private void Dispatch(Instant now, DateTimeOffset utcNow)
    {
        _headReadyAt = Instant.Never;
        if (!CanDeliver(now))
        {
            return;
        }

        _awaitsDrain = false;
        var window = _failures > 0 ? 1 : _settings.Window;
        while (_inFlight < window && _backlog.Head is { } head)
        {
            if (head.ExpiresAt <= utcNow)
            {
                break; // waits for the reports about others to be taken out itself
            }

            var readyAt = MailboxBacklog.ReadyAt(head, _settings.Settle);
            if (readyAt > utcNow)
            {
                _headReadyAt = now + (readyAt - utcNow);
                break;
            }

            if (_storing > 0 && IsOlderBeingStored(head.Position))
            {
                break; // durable in a moment, and then it goes first
            }

            if (now < _nextDrainAt)
            {
                _headReadyAt = _nextDrainAt;
                break;
            }

            if (_settings.NeedsTurns && !TakeTurn())
            {
                break;
            }

            _backlog.TakeHead();
            if (_backlog.HoldsBefore(head.Position, _settings.Settle, utcNow))
            {
                Emit(MailboxFact.OrderViolation);
            }

            var message = new ActiveMessage(head) { IsStored = true };
            _active.Add(message);
            if (TakeAttempt(head.Arrival, out _))
            {
                message.WasAttempted = true;
                Emit(MailboxFact.Redelivery);
            }
            else if (head.Position < _newestDelivered)
            {
                Emit(MailboxFact.LateArrival);
            }

            _nextDrainAt = now + _settings.DrainInterval;
            Send(message);
        }
    }

    private bool CanDeliver(Instant now) => _online && !_isStopping && !IsPurging && _backlog.IsKnown && now >= ResumeAt;

    private Instant ResumeAt => _quietUntil > _resumeAt ? _quietUntil : _resumeAt;

    private void AskStore(Instant now, DateTimeOffset utcNow)
    {
        if (_backlog.IsReading || now < _readRetryAt)
        {
            return;
        }

        if (WantsSurvey)
        {
            BeginSurvey();
            return;
        }

        if (WantedRead(now, utcNow) is not { } kind)
        {
            return;
        }

        _effects.Enqueue(new MailboxEffect(MailboxEffectKind.Read, Read: _backlog.BeginRead(kind, utcNow)));
    }

    private MailboxReadKind? WantedRead(Instant now, DateTimeOffset utcNow)
    {
        if (!_backlog.IsKnown)
        {
            return MailboxReadKind.Inventory;
        }

        if (_backlog.HasBeyond && utcNow >= _backlog.EarliestExpiry && MayDrop)
        {
            return MailboxReadKind.Expired;
        }

        return CanDeliver(now) && _backlog.WantsPage ? MailboxReadKind.Page : null;
    }

    private Instant ComputeDeadline(Instant now, DateTimeOffset utcNow)
    {
        var deadline = _headReadyAt;
        foreach (var message in _active)
        {
            if (message.Sender is not null)
            {
                deadline = Instant.Min(deadline, message.HoldUntil);
            }
        }

        foreach (var pending in _reporting)
        {
            deadline = Instant.Min(deadline, pending.RetryAt);
        }

        if (_backlog.IsReading)
        {
            return deadline; // its answer brings the next step
        }

        if (WantsSurvey || WantedRead(now, utcNow) is not null)
        {
            return Instant.Min(deadline, _readRetryAt);
        }

        if (_backlog.Count > 0)
        {
            if (_online && now < ResumeAt)
            {
                deadline = Instant.Min(deadline, ResumeAt);
            }

            if (_backlog.EarliestExpiry < DateTimeOffset.MaxValue && MayDrop)
            {
                deadline = Instant.Min(deadline, now + (_backlog.EarliestExpiry - utcNow));
            }
        }

        return deadline;
    }
}
