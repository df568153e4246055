using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Sizing;

/// <summary>The mailbox of one phone at one server: the machine that real mailboxes run, with a store in memory and deliveries that only have a number.</summary>
internal sealed class SizingMailbox(MailboxSettings settings, IRandomSource random, SizingStore store)
{
    private readonly List<(long Arrival, int Attempt)> _inFlight = [];

    public MailboxBehavior Behavior { get; } = new(settings, random, MailboxInventory.Empty);

    public SizingStore Store { get; } = store;

    /// <summary>When an event will wake it; <see cref="long.MaxValue"/>: none is on its way.</summary>
    public long ArmedTicks { get; set; } = long.MaxValue;

    public void NoteDelivery(long arrival, int attempt) => _inFlight.Add((arrival, attempt));

    public void NoteAbandoned(long arrival) => _inFlight.RemoveAll(entry => entry.Arrival == arrival);

    /// <summary>The answer to a delivery. Of one that was given up only a 2xx still means something, as with real transactions.</summary>
    public void HandleResult(long arrival, int attempt, int status, Instant now, DateTimeOffset utcNow)
    {
        if (_inFlight.Remove((arrival, attempt)) || status is >= 200 and < 300)
        {
            Behavior.HandleDeliveryResult(arrival, status, null, now, utcNow);
        }
    }
}
