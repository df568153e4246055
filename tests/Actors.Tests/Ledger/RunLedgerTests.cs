using System.Security.Cryptography;
using UeFarm.Actors.Ledger;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Actors.Tests.Ledger;

public sealed class RunLedgerTests
{
    private readonly RunLedger _ledger = new();

    [Fact]
    public void A_message_is_found_by_its_digest()
    {
        for (var i = 0; i < 40_000; i++)
        {
            var number = _ledger.Open(i, i + 1, new Instant(i));
            _ledger.Bind(number, DigestOf(i));
        }

        for (var i = 0; i < 40_000; i += 997)
        {
            Assert.True(_ledger.TryFind(DigestOf(i), out var number));
            Assert.Equal(i, _ledger.Read(number).Sender);
        }

        Assert.False(_ledger.TryFind(DigestOf(40_000), out _));
    }

    [Fact]
    public void It_knows_what_it_takes_of_the_heap()
    {
        ReplayDigest[] digests = [.. Enumerable.Range(0, 60_000).Select(DigestOf)];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var known = _ledger.MemoryBytes;
        for (var i = 0; i < digests.Length; i++)
        {
            _ledger.Bind(_ledger.Open(i, i + 1, new Instant(i)), digests[i]);
        }

        // What finds the entries was allocated several times while it grew.
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(_ledger.MemoryBytes - known, 0.6 * allocated, allocated);
    }

    [Fact]
    public void Every_message_is_closed_under_exactly_one_outcome()
    {
        Open(entry => entry.AcceptedCount = 1);
        Open(entry => (entry.Status, entry.AcceptedCount, entry.Failure) = (0, 1, FailureReason.Timeout));
        Open(entry => (entry.Marks, entry.Refusal, entry.Status) = (LedgerMarks.Refused, ReceiveOutcome.Stale, 200));
        Open(entry => (entry.Marks, entry.Status) = (LedgerMarks.DroppedExpired, 202));
        Open(entry => (entry.Marks, entry.Status) = (LedgerMarks.FoundStored, 202));
        Open(entry => (entry.Marks, entry.Status) = (LedgerMarks.DroppedUndeliverable, 202));
        Open(entry => (entry.Marks, entry.Status) = (LedgerMarks.DroppedPurged, 202));
        Open(entry => entry.Failure = FailureReason.Kms);
        Open(entry => entry.Failure = FailureReason.None);

        var totals = _ledger.Close(canSeeStore: true);

        Assert.Equal((9, 2, 1, 1, 1, 0), (totals.Sent, totals.Accepted, totals.Rejected, totals.Expired, totals.Stored, totals.Unaccounted));
        Assert.Equal(1, totals.RejectedByReason[ReceiveOutcome.Stale]);
        Assert.Equal(1, totals.FailedByReason[FailureReason.Undeliverable]);
        Assert.Equal(1, totals.FailedByReason[FailureReason.Purged]);
        Assert.Equal(1, totals.FailedByReason[FailureReason.Kms]);
        Assert.Equal(1, totals.FailedByReason[FailureReason.Unanswered]);
        Assert.True(totals.IsBalanced);
    }

    [Fact]
    public void A_promise_that_nobody_kept_unbalances_the_ledger()
    {
        Open(entry => entry.Status = 202);

        var totals = _ledger.Close(canSeeStore: true);

        Assert.Equal((1, 1), (totals.Unaccounted, totals.PromisesBroken));
        Assert.False(totals.IsBalanced);
    }

    [Fact]
    public void With_a_store_that_cannot_be_read_a_202_counts_as_stored_but_a_200_must_have_arrived()
    {
        Open(entry => entry.Status = 202);
        Open(entry => entry.Status = 200);

        var totals = _ledger.Close(canSeeStore: false);

        Assert.Equal((1, 1), (totals.Stored, totals.Unaccounted));
    }

    [Fact]
    public void Acceptance_twice_is_counted()
    {
        Open(entry => entry.AcceptedCount = 2);

        Assert.Equal(1, _ledger.Close(canSeeStore: true).AcceptedTwice);
    }

    [Fact]
    public async Task Changes_from_many_threads_are_not_lost()
    {
        var number = _ledger.Open(1, 2, default);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                _ledger.Update(number, 0, static (ref LedgerEntry entry, int _) => entry.SentTicks++);
            }
        })));

        Assert.Equal(160_000, _ledger.Read(number).SentTicks);
    }

    private void Open(Action<Entry> set)
    {
        var values = new Entry();
        set(values);
        _ledger.Update(_ledger.Open(1, 2, new Instant(1)), values, static (ref LedgerEntry entry, Entry from) =>
        {
            entry.AcceptedCount = from.AcceptedCount;
            entry.Status = from.Status;
            entry.Marks = from.Marks;
            entry.Refusal = from.Refusal;
            entry.Failure = from.Failure;
            return 0;
        });
    }

    private static ReplayDigest DigestOf(int number) => ReplayDigest.Read(SHA256.HashData(BitConverter.GetBytes(number)));

    private sealed class Entry
    {
        public byte AcceptedCount { get; set; }

        public short Status { get; set; }

        public LedgerMarks Marks { get; set; }

        public ReceiveOutcome Refusal { get; set; }

        public FailureReason Failure { get; set; }
    }
}
