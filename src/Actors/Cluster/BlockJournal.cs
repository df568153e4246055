using Akka.Actor;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// Writes the facts of one block's phones to its stream, and counts what the block reports. A lost claim, or a journal that is full, is told to the block, which ends.
/// </summary>
internal sealed class BlockJournal(IRunJournal journal, StreamClaim claim, RunClock clock, BlockMemory memory, int first, IActorRef block) : IUeJournal
{
    /// <summary>So many promises may wait for the disk; beyond, peers are asked to wait.</summary>
    private const int MostWaiting = 4096;

    private readonly bool[] _isRegistered = new bool[memory.Flash.Length];
    private readonly bool[] _isRegistering = new bool[memory.Flash.Length];
    private int _registered;
    private int _registering;
    private long _inFlight;
    private long _waiting;

    public StreamClaim Claim => claim;

    /// <summary>The newest message of the schedule that earlier owners have dealt with; -1: none.</summary>
    public long NewestDueBefore => memory.NewestDue;

    public bool IsCongested => Volatile.Read(ref _waiting) > MostWaiting;

    /// <summary>Phones that have a binding.</summary>
    public int Registered => Volatile.Read(ref _registered);

    /// <summary>Phones that were sent online and have no binding yet, or were not let in.</summary>
    public int Registering => Volatile.Read(ref _registering);

    /// <summary>Messages without an end.</summary>
    public long InFlight => Volatile.Read(ref _inFlight);

    public void Write(UeId ue, in UeEffect fact, Instant now, IActorRef waiter, long token)
    {
        var written = RunFact.Of(ue, fact, clock.ToUtc(now));
        if (written.Kind == RunFactKind.Registered && memory.Flash[ue.Index - first] is { } flash)
        {
            written = written with { Token = (long)flash.SqnMs };
        }

        if (token == 0)
        {
            Append(written);
            return;
        }

        Interlocked.Increment(ref _waiting);
        Append(written, new Confirmation(this, waiter), token);
    }

    public void Append(in RunFact fact, IRunJournalClient? client = null, long token = 0)
    {
        Count(fact);
        Store(fact, client, token);
    }

    /// <summary>A message that another owner was handed, or that nobody was: it ends here, and is not counted as this owner's.</summary>
    public void AppendMissed(long number, int phone) =>
        Store(new RunFact(RunFactKind.MessageFailed, clock.UtcNow.Ticks, phone, number, Failure: SendFailure.Crash));

    /// <summary>Tells the block when everything written so far is safe.</summary>
    public void Flush() => Append(new RunFact(RunFactKind.Released, clock.UtcNow.Ticks, Token: claim.Epoch), new Confirmation(this, null), 0);

    private void Store(in RunFact fact, IRunJournalClient? client = null, long token = 0)
    {
        if (!journal.TryAppend(claim, fact, client, token))
        {
            Tell(BlockEnd.JournalFull);
        }
    }

    private void Tell(BlockEnd end) => block.Tell(end, ActorRefs.NoSender);

    private void Count(in RunFact fact)
    {
        switch (fact.Kind)
        {
            case RunFactKind.Due:
                Interlocked.Increment(ref _inFlight);
                break;
            case RunFactKind.MessageAnswered or RunFactKind.MessageFailed:
                Interlocked.Decrement(ref _inFlight);
                break;
            case RunFactKind.GoOnline:
                SetRegistering(fact.Phone, !Volatile.Read(ref _isRegistered[fact.Phone - first]));
                break;
            case RunFactKind.Registered:
                SetRegistering(fact.Phone, false);
                SetRegistered(fact.Phone, true);
                break;
            case RunFactKind.WentOffline or RunFactKind.Restarted:
                SetRegistering(fact.Phone, false);
                SetRegistered(fact.Phone, false);
                break;
            default:
                break;
        }
    }

    /// <summary>A phone's facts come one after the other.</summary>
    private void SetRegistered(int phone, bool isRegistered)
    {
        ref var current = ref _isRegistered[phone - first];
        if (current != isRegistered)
        {
            current = isRegistered;
            Interlocked.Add(ref _registered, isRegistered ? 1 : -1);
        }
    }

    /// <summary>From the schedule's thread too, so that for a moment it may be behind; the phone's next registration puts it right.</summary>
    private void SetRegistering(int phone, bool isRegistering)
    {
        if (Interlocked.Exchange(ref _isRegistering[phone - first], isRegistering) != isRegistering)
        {
            Interlocked.Add(ref _registering, isRegistering ? 1 : -1);
        }
    }

    private sealed class Confirmation(BlockJournal journal, IActorRef? waiter) : IRunJournalClient
    {
        public void OnDurable(long token)
        {
            if (waiter is null)
            {
                journal.Tell(BlockEnd.Flushed);
                return;
            }

            Interlocked.Decrement(ref journal._waiting);
            waiter.Tell(new UeInputs.Durable(token), ActorRefs.NoSender);
        }

        public void OnFenced(long token) => journal.Tell(BlockEnd.Fenced);
    }
}
