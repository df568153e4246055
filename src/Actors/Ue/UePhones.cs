using Akka.Actor;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Ue;

/// <summary>
/// The table of one parent's phones, shared by the transport's threads, the parent and the phones: each phone's actor, its flash memory, and whether it has
/// requests under way. Reading an actor takes no lock.
/// <para>
/// A phone's first messages go through its parent, which makes it. Its actor is published only when nothing is under way through the parent, so that
/// no later message overtakes an earlier one.
/// </para>
/// </summary>
internal sealed class UePhones
{
    private readonly UeRegionContext _region;
    private readonly int _first;
    private readonly UeBlockStart _start;
    private readonly IActorRef?[] _actors;
    private readonly UeDurableState?[] _flash;
    private readonly bool[] _isBusy;

    // What each phone's replay cache was last seen with, each place written by its phone alone: a scrape adds numbers up and visits no phone.
    private readonly int[] _cacheEntries;
    private readonly long[] _cacheEvictions;
    private readonly Lock _gate = new();
    private Dictionary<int, IActorRef>? _unpublished;
    private int _throughParent;
    private int _isFailurePending;
    private IActorRef _parent = ActorRefs.Nobody;

    public UePhones(UeRegionContext region, int first, int count, UeBlockStart start)
    {
        _region = region;
        _first = first;
        _start = start;
        _actors = new IActorRef?[count];
        _flash = start.Flash ?? new UeDurableState?[count];
        _isBusy = new bool[count];
        _cacheEntries = Array.ConvertAll(_flash, static flash => flash?.ReplayCache?.Count ?? 0);
        _cacheEvictions = Array.ConvertAll(_flash, static flash => flash?.ReplayCache?.EvictedCount ?? 0);
    }

    public UeRegionContext Region => _region;

    /// <summary>Null: the phones' memory is that of this process.</summary>
    public IUeJournal? Journal => _start.Journal;

    public void Open(IActorRef parent) => _parent = parent;

    public void TellParent(object message) => _parent.Tell(message, ActorRefs.NoSender);

    /// <summary>From any thread. One sender's messages to one phone arrive in order.</summary>
    public void Tell(UeId ue, object message)
    {
        var actor = Volatile.Read(ref _actors[ue.Index - _first]);
        if (actor is null)
        {
            lock (_gate)
            {
                actor = _actors[ue.Index - _first];
                if (actor is null)
                {
                    _throughParent++;
                    _parent.Tell(new UeInputs.ForPhone(ue, message), ActorRefs.NoSender);
                    return;
                }
            }
        }

        actor.Tell(message, ActorRefs.NoSender);
    }

    /// <summary>By the parent only: the phone's actor, published or not.</summary>
    public IActorRef? Find(UeId ue) => _actors[ue.Index - _first] ?? _unpublished?.GetValueOrDefault(ue.Index);

    /// <summary>By the parent only.</summary>
    public void Add(UeId ue, IActorRef actor) => (_unpublished ??= []).Add(ue.Index, actor);

    /// <summary>By the parent only, after each message that came through it.</summary>
    public void NoteHandled()
    {
        lock (_gate)
        {
            if (--_throughParent > 0 || _unpublished is null)
            {
                return;
            }

            foreach (var (index, actor) in _unpublished)
            {
                Volatile.Write(ref _actors[index - _first], actor);
            }

            _unpublished = null;
        }
    }

    /// <summary>By the phone itself. Survives its actor.</summary>
    public UeDurableState FlashOf(UeId ue) => _flash[ue.Index - _first] ??= _start.CreateFlash?.Invoke(ue.Index) ?? new UeDurableState();

    /// <summary>By the phone itself, after each thing it did: what its replay cache holds now. A cache that starts anew has evicted nothing yet.</summary>
    public void NoteReplayCache(UeId ue)
    {
        var place = ue.Index - _first;
        if (_flash[place]?.ReplayCache is not { } cache)
        {
            return;
        }

        var evicted = cache.EvictedCount;
        Volatile.Write(ref _cacheEntries[place], cache.Count);
        if (evicted != _cacheEvictions[place])
        {
            _region.Counters.AddEvictions(evicted > _cacheEvictions[place] ? evicted - _cacheEvictions[place] : evicted);
            _cacheEvictions[place] = evicted;
        }
    }

    /// <summary>From any thread.</summary>
    public ReplayCacheTotals AddReplayCaches(ReplayCacheTotals totals)
    {
        var (inUse, entries, fullest) = totals;
        foreach (var held in _cacheEntries)
        {
            inUse += held > 0 ? 1 : 0;
            entries += held;
            fullest = Math.Max(fullest, held);
        }

        return new ReplayCacheTotals(inUse, entries, fullest);
    }

    /// <summary>By the phone itself: whether it wants to hear of a failed connection.</summary>
    public void SetBusy(UeId ue, bool isBusy) => Volatile.Write(ref _isBusy[ue.Index - _first], isBusy);

    /// <summary>From the transport's thread. Failures that follow each other faster than the parent can pass them on become one.</summary>
    public void TellCoreFlowFailed()
    {
        if (Interlocked.Exchange(ref _isFailurePending, 1) == 0)
        {
            _parent.Tell(UeInputs.CoreFlowFailed.Instance, ActorRefs.NoSender);
        }
    }

    /// <summary>By the parent: tells every phone that was spoken to.</summary>
    public void TellAll(object message)
    {
        for (var place = 0; place < _actors.Length; place++)
        {
            Find(new UeId(_first + place))?.Tell(message, ActorRefs.NoSender);
        }
    }

    /// <summary>By the parent: the phones whose requests may have been lost.</summary>
    public void PassCoreFlowFailedOn()
    {
        Volatile.Write(ref _isFailurePending, 0);
        for (var place = 0; place < _actors.Length; place++)
        {
            if (Volatile.Read(ref _isBusy[place]))
            {
                Find(new UeId(_first + place))?.Tell(UeInputs.CoreFlowFailed.Instance, ActorRefs.NoSender);
            }
        }
    }
}
