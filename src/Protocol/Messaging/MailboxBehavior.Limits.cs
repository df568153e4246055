namespace UeFarm.Protocol.Messaging;

// What the server as a whole allows a mailbox: turns of a limited drain, and silence where the core asked for it.
public sealed partial class MailboxBehavior
{
    /// <summary>
    /// The core wants silence until then. Up to a fifth longer, each mailbox for itself: they must not all come back in the same moment. What is under way
    /// stays so.
    /// </summary>
    public void HandleCoreBusy(Instant until, Instant now, DateTimeOffset utcNow)
    {
        until += TimeSpan.FromTicks((long)((until - now).Ticks * 0.2 * NextFraction()));
        _quietUntil = until > _quietUntil ? until : _quietUntil;
        if (now < _quietUntil)
        {
            _backlog.Evict();
        }

        Step(now, utcNow);
    }

    /// <summary>The turn that was asked for. What it cannot be used for at once goes back.</summary>
    public void HandleTurn(Instant now, DateTimeOffset utcNow)
    {
        // A turn that an earlier life of this mailbox asked for is as good as any other.
        _awaitsTurn = false;
        _holdsTurn = true;
        Step(now, utcNow);
    }

    /// <summary>One turn is asked for at a time, however large the backlog or the window: that is what makes the line fair.</summary>
    private bool TakeTurn()
    {
        if (_holdsTurn)
        {
            _holdsTurn = false;
            return true;
        }

        if (!_awaitsTurn)
        {
            _awaitsTurn = true;
            _effects.Enqueue(new MailboxEffect(MailboxEffectKind.AskTurn));
        }

        return false;
    }

    private void ReturnUnusedTurn()
    {
        if (_holdsTurn)
        {
            _holdsTurn = false;
            _effects.Enqueue(new MailboxEffect(MailboxEffectKind.ReturnTurn));
        }
    }
}
