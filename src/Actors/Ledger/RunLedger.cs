using System.Runtime.CompilerServices;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Ledger;

/// <summary>
/// The run's books: one entry per message from the moment it is due, found again by the message's replay digest, which both ends
/// compute independently. Safe to use from any thread: entries are guarded by striped locks.
/// </summary>
public sealed class RunLedger
{
    private const int ChunkBits = 14;
    private const int ChunkSize = 1 << ChunkBits;
    private const int StripeCount = 256;
    private readonly Lock[] _stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new Lock())];
    private readonly DigestShard[] _shards = [.. Enumerable.Range(0, StripeCount).Select(_ => new DigestShard())];
    private readonly Lock _growth = new();
    private LedgerEntry[]?[] _chunks = new LedgerEntry[]?[64];
    private long _count;

    /// <summary>What a change of an entry does; <paramref name="entry"/> is locked meanwhile.</summary>
    public delegate TResult Change<in TState, out TResult>(ref LedgerEntry entry, TState state);

    /// <summary>How many messages were opened.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Heap bytes of the entries and of what finds them, used or not.</summary>
    public long MemoryBytes
    {
        get
        {
            var chunks = Volatile.Read(ref _chunks);
            return (chunks.Length * 8L) + (chunks.Count(static chunk => chunk is not null) * (long)ChunkSize * Unsafe.SizeOf<LedgerEntry>())
                + _shards.Sum(static shard => shard.MemoryBytes);
        }
    }

    /// <summary>Opens a message that is due now; returns its number, from 0. Called by one thread at a time.</summary>
    public long Open(int sender, int recipient, Instant due)
    {
        var number = _count;
        ref var entry = ref Slot(number, grow: true);
        entry = new LedgerEntry { Sender = sender, Recipient = recipient, DueTicks = due.Ticks };
        Volatile.Write(ref _count, number + 1);
        return number;
    }

    /// <summary>Binds the digest that the sender computed to its message.</summary>
    public void Bind(long number, ReplayDigest digest) => ShardOf(digest).Add(digest, number);

    /// <summary>The number of the message with this digest; false when no phone of the run sent it.</summary>
    public bool TryFind(ReplayDigest digest, out long number) => ShardOf(digest).TryFind(digest, out number);

    /// <summary>Changes an entry under its lock.</summary>
    public TResult Update<TState, TResult>(long number, TState state, Change<TState, TResult> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Count);
        lock (_stripes[number & (StripeCount - 1)])
        {
            return change(ref Slot(number, grow: false), state);
        }
    }

    /// <summary>A copy of an entry.</summary>
    public LedgerEntry Read(long number) => Update(number, 0, static (ref LedgerEntry entry, int _) => entry);

    /// <summary>
    /// Gives every message its one outcome, in this order of precedence: accepted, refused by the phone, expired, still stored,
    /// failed (as the sender or the application server reported it), unaccounted. Call it when nothing is under way any more.
    /// </summary>
    /// <param name="canSeeStore">False when the store cannot be read (someone else's application server): a message answered 202 that did
    /// not come back then counts as stored.</param>
    public LedgerTotals Close(bool canSeeStore)
    {
        var rejected = new Dictionary<ReceiveOutcome, long>();
        var failed = new Dictionary<FailureReason, long>();
        long accepted = 0, expired = 0, stored = 0, unaccounted = 0, broken = 0, twice = 0;
        for (long number = 0; number < Count; number++)
        {
            var entry = Update(number, canSeeStore, CloseEntry);
            twice += entry.AcceptedCount > 1 ? 1 : 0;
            switch (entry.Outcome)
            {
                case MessageOutcome.Accepted:
                    accepted++;
                    break;
                case MessageOutcome.Rejected:
                    rejected[entry.Refusal] = rejected.GetValueOrDefault(entry.Refusal) + 1;
                    break;
                case MessageOutcome.Expired:
                    expired++;
                    break;
                case MessageOutcome.Stored:
                    stored++;
                    break;
                case MessageOutcome.Failed:
                    failed[entry.Failure] = failed.GetValueOrDefault(entry.Failure) + 1;
                    break;
                default:
                    unaccounted++;
                    broken += entry.IsPromised ? 1 : 0;
                    break;
            }
        }

        return new LedgerTotals
        {
            Sent = Count,
            Accepted = accepted,
            RejectedByReason = rejected,
            FailedByReason = failed,
            Expired = expired,
            Stored = stored,
            Unaccounted = unaccounted,
            PromisesBroken = broken,
            AcceptedTwice = twice,
        };
    }

    private static LedgerEntry CloseEntry(ref LedgerEntry entry, bool canSeeStore)
    {
        if (entry.AcceptedCount > 0)
        {
            entry.Outcome = MessageOutcome.Accepted;
        }
        else if (entry.Marks.HasFlag(LedgerMarks.Refused))
        {
            entry.Outcome = MessageOutcome.Rejected;
        }
        else if (entry.Marks.HasFlag(LedgerMarks.DroppedExpired))
        {
            entry.Outcome = MessageOutcome.Expired;
        }
        else if (entry.Marks.HasFlag(LedgerMarks.FoundStored) || (!canSeeStore && entry.Status == 202))
        {
            entry.Outcome = MessageOutcome.Stored;
        }
        else if (entry.Marks.HasFlag(LedgerMarks.DroppedUndeliverable))
        {
            entry.Outcome = MessageOutcome.Failed;
            entry.Failure = FailureReason.Undeliverable;
        }
        else if (entry.Marks.HasFlag(LedgerMarks.DroppedPurged))
        {
            entry.Outcome = MessageOutcome.Failed;
            entry.Failure = FailureReason.Purged;
        }
        else if (entry.IsPromised)
        {
            entry.Outcome = MessageOutcome.Unaccounted;
        }
        else
        {
            entry.Outcome = MessageOutcome.Failed;
            entry.Failure = entry.Failure == FailureReason.None ? FailureReason.Unanswered : entry.Failure;
        }

        return entry;
    }

    private DigestShard ShardOf(ReplayDigest digest) => _shards[(int)(digest.High >> 56)];

    private ref LedgerEntry Slot(long number, bool grow)
    {
        var chunk = (int)(number >> ChunkBits);
        if (grow && (chunk >= _chunks.Length || _chunks[chunk] is null))
        {
            Grow(chunk);
        }

        return ref Volatile.Read(ref _chunks)[chunk]![number & (ChunkSize - 1)];
    }

    private void Grow(int chunk)
    {
        lock (_growth)
        {
            var chunks = _chunks;
            if (chunk >= chunks.Length)
            {
                Array.Resize(ref chunks, chunks.Length * 2);
            }

            chunks[chunk] ??= new LedgerEntry[ChunkSize];
            Volatile.Write(ref _chunks, chunks);
        }
    }

    /// <summary>Digests of one first byte. The key is the digest's middle word: 64 bits of SHA-256, so that a chance collision is out of reach.</summary>
    private sealed class DigestShard
    {
        // A key, a value, hash and link, and the bucket.
        private const long BytesPerNumber = 28;

        private readonly Dictionary<ulong, long> _numbers = [];
        private readonly Lock _lock = new();

        public long MemoryBytes
        {
            get
            {
                lock (_lock)
                {
                    return _numbers.Capacity * BytesPerNumber;
                }
            }
        }

        public void Add(ReplayDigest digest, long number)
        {
            lock (_lock)
            {
                _numbers[digest.Middle] = number;
            }
        }

        public bool TryFind(ReplayDigest digest, out long number)
        {
            lock (_lock)
            {
                return _numbers.TryGetValue(digest.Middle, out number);
            }
        }
    }
}
