using UeFarm.Actors.Journal;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// What a block of phones was when its last owner ended, as its stream tells it: the phones' flash memories, which of them had a binding, and which messages were handed
/// to them and have no end yet. Pure; for one thread.
/// </summary>
internal sealed class BlockMemory
{
    private readonly int _first;
    private readonly Func<int, UeDurableState> _createFlash;
    private readonly ReplayCacheSettings _cache;
    private readonly IRandomSource _random;
    private readonly HashSet<int> _registered = [];
    private readonly HashSet<long> _due = [];
    private readonly Dictionary<long, int> _open = [];

    /// <param name="first">The block's first phone.</param>
    /// <param name="count">How many it has.</param>
    /// <param name="createFlash">A new phone's flash, by its number.</param>
    /// <param name="cache">How replay caches are made.</param>
    /// <param name="random">For them.</param>
    public BlockMemory(int first, int count, Func<int, UeDurableState> createFlash, ReplayCacheSettings cache, IRandomSource random)
    {
        _first = first;
        _createFlash = createFlash;
        _cache = cache;
        _random = random;
        Flash = new UeDurableState?[count];
    }

    /// <summary>By place in the block; null: the phone has done nothing yet.</summary>
    public UeDurableState?[] Flash { get; }

    /// <summary>Phones that had a binding.</summary>
    public IReadOnlyCollection<int> Registered => _registered;

    /// <summary>Messages without an end, with their phones.</summary>
    public IReadOnlyDictionary<long, int> Open => _open;

    /// <summary>The newest message of the schedule that was dealt with; -1: none. A block's messages are played in their order, so that all before it were, too.</summary>
    public long NewestDue { get; private set; } = -1;

    /// <summary>Whether a message of the schedule was handed to its phone.</summary>
    public bool WasDue(long number) => _due.Contains(number);

    /// <summary>What is known of single messages is not needed any more.</summary>
    public void ForgetMessages()
    {
        _due.Clear();
        _due.TrimExcess();
        _open.Clear();
    }

    /// <summary>The next fact of the stream.</summary>
    public void Apply(in RunFact fact)
    {
        switch (fact.Kind)
        {
            case RunFactKind.Due:
                NoteDue(fact.Token);
                _open[fact.Token] = fact.Phone;
                break;
            case RunFactKind.MessageSent or RunFactKind.ReportSent:
                Remember(fact);
                break;
            case RunFactKind.MessageAnswered or RunFactKind.MessageFailed:
                // What a block's owner failed without playing it was due as well.
                NoteDue(fact.Token);
                _open.Remove(fact.Token);
                break;
            case RunFactKind.MessageReceived or RunFactKind.ReportReceived when fact.Outcome == ReceiveOutcome.Accepted:
                Insert(fact);
                break;
            case RunFactKind.Registered:
                _registered.Add(fact.Phone);
                var flash = FlashOf(fact.Phone);
                flash.SqnMs = Math.Max(flash.SqnMs, (ulong)Math.Max(0, fact.Token));
                break;
            case RunFactKind.WentOffline or RunFactKind.Restarted:
                _registered.Remove(fact.Phone);
                break;
            default:
                break;
        }
    }

    /// <summary>What the move leaves of the replay caches, as the scenario says of a restart.</summary>
    public void Restart(ReplayRestart rule)
    {
        foreach (var flash in Flash)
        {
            flash?.RestartReplayCache(rule, _cache, _random);
        }
    }

    private void NoteDue(long number)
    {
        _due.Add(number);
        NewestDue = Math.Max(NewestDue, number);
    }

    private UeDurableState FlashOf(int phone) => Flash[phone - _first] ??= _createFlash(phone);

    private void Remember(in RunFact fact)
    {
        var flash = FlashOf(fact.Phone);
        flash.LastSent = fact.Timestamp > flash.LastSent ? fact.Timestamp : flash.LastSent;
    }

    /// <summary>The same entries in the same order make the same cache; the clock matters to a window and to a bound on the future, as it did then.</summary>
    private void Insert(in RunFact fact)
    {
        var flash = FlashOf(fact.Phone);
        flash.ReplayCache ??= ReplayCaches.Create(_cache, _random);
        var then = NtpTimestamp.FromUtc(new DateTimeOffset(fact.Ticks, TimeSpan.Zero)).OrderKey;
        flash.ReplayCache.CheckAndInsert(new ReplayEntry(fact.Timestamp.OrderKey, fact.Digest) { Sender = fact.Sender }, then);
    }
}
