namespace UeFarm.Protocol.Messaging;

// What an operator asks of a mailbox: to take messages out, and to come to rest before its server stops.
public sealed partial class MailboxBehavior
{
    private Queue<MailboxPurge>? _purges;
    private bool _isSurveying;
    private bool _isStopping;

    /// <summary>
    /// Nothing is on its way to the phone or to the disk, no sender waits, and what left has been reported. A turn that was asked for is nobody's loss.
    /// </summary>
    public bool IsAtRest => _active.Count == 0 && _reporting.Count == 0;

    private bool IsPurging => _purges is { Count: > 0 };

    /// <summary>
    /// Takes messages out, page by page through the store, which alone knows all of them. Deliveries wait meanwhile: what is to be taken out must not be
    /// sent. The store, the ledger and the sender hear of each message as of any other that leaves undelivered; each page waits for the reports about the last.
    /// </summary>
    public void HandlePurge(MailboxPurge purge, Instant now, DateTimeOffset utcNow)
    {
        var latest = utcNow.AddTicks(1);
        purge.ArrivedBefore = purge.ArrivedBefore < latest ? purge.ArrivedBefore : latest;
        (_purges ??= new Queue<MailboxPurge>()).Enqueue(purge);
        _backlog.Evict();
        foreach (var message in _active)
        {
            message.IsPurged |= (message.IsStored || message.IsStoring) && message.Record.ArrivedAt < purge.ArrivedBefore;
        }

        Step(now, utcNow);
    }

    /// <summary>
    /// The server is about to stop: no delivery begins any more, those under way go on. A sender that still waits for its recipient's answer after the
    /// grace has its message stored and is told 202.
    /// </summary>
    public void HandleStop(TimeSpan grace, Instant now, DateTimeOffset utcNow)
    {
        _isStopping = true;
        _backlog.Evict();
        foreach (var message in _active)
        {
            if (message.HoldUntil != Instant.Never)
            {
                message.HoldUntil = Instant.Min(message.HoldUntil, now + grace);
            }
        }

        Step(now, utcNow);
    }

    private bool WantsSurvey => IsPurging && _backlog.IsKnown && MayDrop;

    private void BeginSurvey()
    {
        _isSurveying = true;
        _effects.Enqueue(new MailboxEffect(MailboxEffectKind.Read, Read: _backlog.BeginSurvey(_purges!.Peek().LookedThrough)));
    }

    /// <summary>A page for the purge that is first in line. A failed answer changes nothing: it is asked for again.</summary>
    private void TakeSurvey(MailboxReadResult result)
    {
        var purge = _purges!.Peek();
        foreach (var record in result.Records)
        {
            purge.LookedThrough = record.Position;
            if (record.ArrivedAt >= purge.ArrivedBefore || _backlog.WasRemoved(record.Arrival) || IsReporting(record.Arrival))
            {
                continue;
            }

            if (TryFindActive(record.Arrival, out var message))
            {
                message.IsPurged = true;
                continue;
            }

            _backlog.Remove(record.Arrival);
            purge.Removed++;
            DropPurged(record);
        }

        _isSurveying = false;
        if (_backlog.EndSurvey(result))
        {
            purge.UnderWay = _active.Count(message => message.IsPurged);
            _effects.Enqueue(new MailboxEffect(MailboxEffectKind.Purged, Sender: _purges.Dequeue()));
        }
    }

    private void DropPurged(MailboxRecord record, bool wasAttempted = false)
    {
        wasAttempted |= TakeAttempt(record.Arrival, out _);
        Emit(MailboxFact.DroppedPurged);
        Drop(record, 0, "purged", wasAttempted);
    }
}
