using UeFarm.Actors.Ledger;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Run;

/// <summary>What the books know of a phone: its life online, and the order in which messages reached it.</summary>
internal struct PhoneSession
{
    public long StartTicks;
    public long RegisteredTicks;
    public bool IsRegistered;
    public bool IsRegistering;

    // Made with the first message. Like all of this but the volatile parts, for the phone's own facts alone, which come one after the other.
    public OvertakeRankTracker? Tracker;

    private long _orderedSession;
    private ulong _newestAny;
    private ulong _newestDeferred;

    /// <summary>
    /// Takes the first arrival of a message. True: it breaks the order as a phone can see it: a message that was stored (its sender told 202) before this session
    /// began must not arrive after a newer one that was stored as well; nor after any newer one, unless live messages may bypass the drain.
    /// </summary>
    public bool BreaksOrder(in LedgerEntry entry, bool liveBypassesDrain)
    {
        var start = Volatile.Read(ref StartTicks);
        if (_orderedSession != start)
        {
            _orderedSession = start;
            _newestAny = 0;
            _newestDeferred = 0;
        }

        var key = entry.Timestamp.OrderKey;
        var isDeferred = entry.AnsweredTicks != 0 && entry.AnsweredTicks < start;
        var isBroken = isDeferred && key < (liveBypassesDrain ? _newestDeferred : _newestAny);
        if (isDeferred)
        {
            _newestDeferred = Math.Max(_newestDeferred, key);
        }

        _newestAny = Math.Max(_newestAny, key);
        return isBroken;
    }
}
