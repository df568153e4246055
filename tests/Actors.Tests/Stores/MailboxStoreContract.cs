using UeFarm.Actors.Stores;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Actors.Tests.Stores;

/// <summary>What every mailbox store does, whatever database is below; each kind has a class that says how it is opened.</summary>
public abstract class MailboxStoreContract
{
    protected const string Bob = "sip:bob@ims.example";
    protected const string Carol = "sip:carol@ims.example";

    /// <summary>Always the same data.</summary>
    protected abstract MailboxStoreSettings Settings { get; }

    internal RecordingStoreClient Client { get; } = new();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_record_comes_back_equal_in_every_field()
    {
        var full = MailboxRecords.Create(7) with
        {
            ContentTransferEncoding = "binary",
            ContentDisposition = "render",
            Subject = "lunch \u00e4\u20ac\ud83c\udf55",
            MaxForwards = 69,
            Timestamp = new NtpTimestamp(0x0000000180000001),
            Position = MailboxPosition.Of(new NtpTimestamp(0x0000000180000001), 7, oldestFirst: true),
        };
        var bare = full with
        {
            Arrival = 8,
            Position = full.Position with { Arrival = 8 },
            AssertedIdentity = null,
            Date = null,
            Expires = null,
            Subject = null,
            ContentTransferEncoding = null,
            ContentDisposition = null,
            ContentType = string.Empty,
            Body = default,
            ExpiresAt = DateTimeOffset.MaxValue,
        };
        await using (var store = Open())
        {
            Assert.True(store.TryAppend(full, Client));
            Assert.True(store.TryAppend(bare, Client));
        }

        await using var reopened = Open();
        AssertSame([full, bare], await ReadAllAsync(reopened));
    }

    [Fact]
    public async Task What_waits_while_the_disk_works_becomes_one_transaction()
    {
        await using var store = Open();
        Client.WhenAppended = arrival =>
        {
            for (var next = 2; arrival == 1 && next <= 1000; next++)
            {
                Assert.True(store.TryAppend(MailboxRecords.Create(next), Client));
            }
        };
        Assert.True(store.TryAppend(MailboxRecords.Create(1), Client));
        while (Client.Appended.Count < 1000)
        {
            await store.FlushAsync();
        }

        Assert.Equal(2, store.Commits);
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => ((long)i, true)), Client.Appended);
    }

    [Fact]
    public async Task A_record_that_replaces_another_ones_comes_and_that_one_goes_in_one_step()
    {
        await using (var store = Open())
        {
            Assert.True(store.TryAppend(MailboxRecords.Create(1), Client));
            Assert.True(store.TryAppend(MailboxRecords.Create(2), Client));
            Assert.True(store.TryAppend(MailboxRecords.Create(3, Carol) with { Replaces = 1 }, Client));
            AskForPage(store);
            await store.FlushAsync();

            // A number that is taken makes the transaction fail: what it would have replaced stays.
            Assert.True(store.TryAppend(MailboxRecords.Create(3, Carol) with { Replaces = 2 }, Client));
            await store.FlushAsync();
            Assert.Equal([(1, true), (2, true), (3, true), (3, false)], Client.Appended);
            Assert.Equal([2L], Take().Records.Select(static record => record.Arrival));
        }

        await using var reopened = Open();
        Assert.Equal([2L, 3L], (await ReadAllAsync(reopened)).Select(static record => record.Arrival));
    }

    [Fact]
    public async Task The_oldest_message_is_the_one_that_arrived_first_of_those_that_are_left()
    {
        await using (var store = Open())
        {
            Assert.Null(await store.FindOldestAsync());
            for (var arrival = 1; arrival <= 4; arrival++)
            {
                // By what their senders say it is the other way round.
                store.TryAppend(MailboxRecords.Create(arrival, timestamp: TimeSpan.FromSeconds(100 - arrival)), Client);
            }

            await store.FlushAsync();
            Assert.Equal(MailboxRecords.Create(1).ArrivedAt, await store.FindOldestAsync());
            store.Remove(2);
            store.Remove(1);
            Assert.Equal(MailboxRecords.Create(3).ArrivedAt, await store.FindOldestAsync());
        }

        await using var reopened = Open();
        Assert.Equal(MailboxRecords.Create(3).ArrivedAt, await reopened.FindOldestAsync());
        reopened.Remove(3);
        reopened.Remove(4);
        Assert.Null(await reopened.FindOldestAsync());
    }

    [Fact]
    public async Task Pages_are_in_order_of_timestamp_then_arrival_and_of_one_recipient()
    {
        await using var store = Open();
        int[] seconds = [50, 10, 30, 10, 20, 40];
        for (var i = 0; i < seconds.Length; i++)
        {
            store.TryAppend(MailboxRecords.Create(i + 1, timestamp: TimeSpan.FromSeconds(seconds[i])), Client);
            store.TryAppend(MailboxRecords.Create(i + 101, Carol, timestamp: TimeSpan.FromSeconds(seconds[i])), Client);
        }

        store.Read(Bob, new MailboxRead(MailboxReadKind.Page, MailboxPosition.Start, default, 4), Client);
        await store.FlushAsync();
        var page = Take();
        Assert.Equal([2, 4, 5, 3], page.Records.Select(record => record.Arrival));

        store.Read(Bob, new MailboxRead(MailboxReadKind.Page, page.Records[^1].Position, default, 4), Client);
        await store.FlushAsync();
        Assert.Equal([6, 1], Take().Records.Select(record => record.Arrival));
    }

    [Fact]
    public async Task Timestamps_of_the_next_ntp_era_are_ordered_after_those_of_this_one()
    {
        await using var store = Open();
        var wrap = new DateTimeOffset(2036, 2, 7, 6, 28, 16, TimeSpan.Zero) - MailboxRecords.Epoch;
        store.TryAppend(MailboxRecords.Create(1, timestamp: wrap + TimeSpan.FromSeconds(1)), Client);
        store.TryAppend(MailboxRecords.Create(2, timestamp: wrap - TimeSpan.FromSeconds(1)), Client);
        AskForPage(store);
        await store.FlushAsync();
        Assert.Equal([2, 1], Take().Records.Select(record => record.Arrival));
    }

    [Fact]
    public async Task An_answer_shows_what_was_appended_and_hides_what_was_removed_before_the_question()
    {
        await using var store = Open(Settings with { LazyDelay = TimeSpan.FromHours(1) });
        for (var arrival = 1; arrival <= 4; arrival++)
        {
            store.TryAppend(MailboxRecords.Create(arrival), Client);
        }

        store.Remove(2);
        store.Read(Bob, new MailboxRead(MailboxReadKind.Inventory, default, default, 0), Client);
        store.Remove(3);
        store.Read(Bob, new MailboxRead(MailboxReadKind.Inventory, default, default, 0), Client);
        AskForPage(store);
        await store.FlushAsync();
        Assert.Equal(3, Take().Inventory.Count);
        Assert.Equal(2, Take().Inventory.Count);
        Assert.Equal([1, 4], Take().Records.Select(record => record.Arrival));
    }

    [Fact]
    public async Task A_sender_does_not_wait_behind_pages_and_removals_and_the_pages_show_its_record()
    {
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource();
        await using var store = Open();
        var readBeforeLast = -1;
        Client.WhenAppended = arrival =>
        {
            if (arrival == 3)
            {
                entered.TrySetResult();
                release.Wait();
            }
            else if (arrival == 4)
            {
                readBeforeLast = Client.Reads.Count;
            }
        };
        for (var arrival = 1; arrival <= 3; arrival++)
        {
            store.TryAppend(MailboxRecords.Create(arrival), Client);
        }

        await entered.Task.WaitAsync(Cancellation);
        for (var i = 0; i < 500; i++)
        {
            AskForPage(store);
        }

        store.Remove(1);
        store.TryAppend(MailboxRecords.Create(4), Client);
        release.Set();
        await store.FlushAsync();

        Assert.Equal(0, readBeforeLast);
        Assert.Equal(500, Client.Reads.Count);
        for (var i = 0; i < 500; i++)
        {
            Assert.Equal([2, 3, 4], Take().Records.Select(record => record.Arrival));
        }
    }

    [Fact]
    public async Task More_reads_than_a_transaction_takes_are_all_answered_in_order()
    {
        await using var store = Open(Settings with { MaxReadsPerBatch = 3, LazyDelay = TimeSpan.FromHours(1) });
        for (var arrival = 1; arrival <= 10; arrival++)
        {
            store.TryAppend(MailboxRecords.Create(arrival), Client);
            store.Read(Bob, new MailboxRead(MailboxReadKind.Page, MailboxPosition.Start, default, arrival), Client);
        }

        await store.FlushAsync();
        for (var expected = 1; expected <= 10; expected++)
        {
            Assert.Equal(expected, Take().Records.Count);
        }
    }

    [Fact]
    public async Task Expired_records_are_found_and_the_rest_is_summed_up()
    {
        await using var store = Open();
        for (var arrival = 1; arrival <= 5; arrival++)
        {
            store.TryAppend(MailboxRecords.Create(arrival, bodyBytes: 100, expiresIn: TimeSpan.FromHours(arrival)), Client);
        }

        var now = MailboxRecords.Epoch.AddHours(2);
        store.Read(Bob, new MailboxRead(MailboxReadKind.Expired, default, now, 16), Client);
        store.Read(Bob, new MailboxRead(MailboxReadKind.Expired, default, now, 2), Client);
        store.Read(Bob, new MailboxRead(MailboxReadKind.Inventory, default, default, 0), Client);
        store.Read(Carol, new MailboxRead(MailboxReadKind.Inventory, default, default, 0), Client);
        await store.FlushAsync();

        var all = Take();
        Assert.Equal([1, 2], all.Records.Select(record => record.Arrival));
        Assert.Equal(new MailboxInventory(3, 300, MailboxRecords.Epoch.AddHours(3)), all.Inventory);
        Assert.Equal(now, Take().Inventory.EarliestExpiry); // a full answer: there may be more
        Assert.Equal(new MailboxInventory(5, 500, MailboxRecords.Epoch.AddHours(1)), Take().Inventory);
        Assert.Equal(MailboxInventory.Empty, Take().Inventory);
    }

    [Fact]
    public async Task A_reopened_store_knows_backlogs_and_presence()
    {
        await using (var store = Open())
        {
            store.TryAppend(MailboxRecords.Create(5, bodyBytes: 10), Client);
            store.TryAppend(MailboxRecords.Create(9, bodyBytes: 20, expiresIn: TimeSpan.FromHours(1)), Client);
            store.TryAppend(MailboxRecords.Create(6, Carol, bodyBytes: 30), Client);
            store.Remove(6);
            store.SetPresence(Bob, true);
            store.SetPresence(Carol, true);
            store.SetPresence(Carol, true);
            store.SetPresence(Bob, false);
        }

        await using var reopened = Open();
        Assert.Equal(new MailboxInventory(2, 30, MailboxRecords.Epoch.AddHours(1)), Assert.Single(reopened.Recovery.Backlogs).Value);
        Assert.Equal([Carol], reopened.Recovery.Online);
    }

    [Fact]
    public async Task Arrival_numbers_are_never_given_again_even_when_everything_was_removed()
    {
        var given = new HashSet<long>();
        for (var start = 0; start < 3; start++)
        {
            await using var store = Open();
            var first = store.Recovery.HighestArrival + 1;
            Assert.All(given, number => Assert.True(number < first));
            for (var arrival = first; arrival < first + 20; arrival++)
            {
                Assert.True(store.TryAppend(MailboxRecords.Create(arrival), Client));
                store.Remove(arrival);
                given.Add(arrival);
            }
        }

        Assert.Equal(60, given.Count);
        Assert.All(Client.Appended, append => Assert.True(append.Durable));
    }

    [Fact]
    public async Task A_probe_changes_nothing_and_disturbs_nobody()
    {
        await using var store = Open();
        store.TryAppend(MailboxRecords.Create(1), Client);
        var before = store.ProbeAsync();
        AskForPage(store);
        var after = store.ProbeAsync();
        await Task.WhenAll(before, after);
        await store.ProbeAsync();

        Assert.Equal([1L], Take().Records.Select(static record => record.Arrival));
        Assert.Equal([(1L, true)], Client.Appended);
        Assert.Null(store.Problem);
    }

    [Fact]
    public async Task The_order_may_change_between_runs()
    {
        await using (var store = Open())
        {
            store.TryAppend(MailboxRecords.Create(1, timestamp: TimeSpan.FromSeconds(30)), Client);
            store.TryAppend(MailboxRecords.Create(2, timestamp: TimeSpan.FromSeconds(10)), Client);
        }

        foreach (var (oldestFirst, expected) in new (bool, long[])[] { (false, [1, 2]), (true, [2, 1]) })
        {
            await using var store = Open(Settings with { OldestFirst = oldestFirst });
            AskForPage(store);
            await store.FlushAsync();
            Assert.Equal(expected, Take().Records.Select(record => record.Arrival));
        }
    }

    [Fact]
    public async Task A_full_queue_refuses_instead_of_growing()
    {
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource();
        await using var store = Open(Settings with { MaxQueuedRecords = 3, MaxQueuedBytes = 3000 });
        Client.WhenAppended = _ =>
        {
            entered.TrySetResult();
            release.Wait();
        };
        Assert.True(store.TryAppend(MailboxRecords.Create(1), Client));
        await entered.Task.WaitAsync(Cancellation);
        Assert.True(store.TryAppend(MailboxRecords.Create(2), Client));
        Assert.True(store.TryAppend(MailboxRecords.Create(3), Client));
        Assert.False(store.TryAppend(MailboxRecords.Create(4), Client)); // 4,200 bytes
        Assert.True(store.TryAppend(MailboxRecords.Create(5, bodyBytes: 1), Client));
        Assert.False(store.TryAppend(MailboxRecords.Create(6, bodyBytes: 1), Client)); // a fourth record
        release.Set();
        await store.FlushAsync();
        Assert.Equal([1, 2, 3, 5], Client.Appended.Select(append => append.Arrival));
        Assert.True(store.TryAppend(MailboxRecords.Create(7), Client));
    }

    [Fact]
    public async Task A_record_that_the_database_does_not_take_is_refused_alone()
    {
        await using var store = Open(Settings with { LazyDelay = TimeSpan.FromHours(1) });
        store.TryAppend(MailboxRecords.Create(1), Client);
        store.TryAppend(MailboxRecords.Create(2), Client);
        await store.FlushAsync();

        // A number that is in use already; all that is asked here is one batch.
        Client.WhenAppended = arrival =>
        {
            if (arrival == 3)
            {
                store.Remove(1);
                store.SetPresence(Carol, true);
                store.TryAppend(MailboxRecords.Create(2), Client);
                store.TryAppend(MailboxRecords.Create(4), Client);
                AskForPage(store);
            }
        };
        store.TryAppend(MailboxRecords.Create(3), Client);
        var page = await NextReadAsync();
        Assert.Equal([(1, true), (2, true), (3, true), (2, false), (4, true)], Client.Appended);
        Assert.Equal([2, 3, 4], page.Records.Select(record => record.Arrival));
        Assert.True(store.FailedCommits > 0);
        Assert.Null(store.Problem);
    }

    [Fact]
    public async Task Texts_and_recipients_that_cannot_be_kept_as_they_are_are_refused()
    {
        await using var store = Open();
        Assert.False(store.TryAppend(MailboxRecords.Create(1) with { Subject = "a\0b" }, Client));
        Assert.False(store.TryAppend(MailboxRecords.Create(2) with { ContentType = "half \ud83c" }, Client));
        Assert.False(store.TryAppend(MailboxRecords.Create(3, "sip:" + new string('a', 2000)), Client));
        var longest = "sip:" + new string('\u00e4', 998);
        Assert.True(store.TryAppend(MailboxRecords.Create(4, longest), Client));
        store.SetPresence(new string('b', 5000), true);
        store.SetPresence(longest, true);
        store.Read(new string('b', 5000), new MailboxRead(MailboxReadKind.Inventory, default, default, 0), Client);
        Assert.Equal(MailboxInventory.Empty, Take().Inventory);
        await store.FlushAsync();
        Assert.Equal([4], (await ReadAllAsync(store)).Select(record => record.Arrival));
        Assert.Equal(0, store.FailedCommits);
    }

    [Fact]
    public async Task Reading_everything_goes_over_many_pages()
    {
        await using var store = Open();
        for (var arrival = 1; arrival <= 600; arrival++)
        {
            store.TryAppend(MailboxRecords.Create(arrival, $"sip:{arrival % 7}@ims.example", bodyBytes: 10), Client);
        }

        Assert.Equal(Enumerable.Range(1, 600).Select(i => (long)i), (await ReadAllAsync(store)).Select(record => record.Arrival));
    }

    [Fact]
    public async Task A_closed_store_refuses()
    {
        var store = Open();
        await store.DisposeAsync();
        await store.DisposeAsync();
        Assert.False(store.TryAppend(MailboxRecords.Create(1), Client));
        store.Read(Bob, new MailboxRead(MailboxReadKind.Inventory, default, default, 0), Client);
        Assert.False(Take().Succeeded);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadAllAsync(store));
        await store.FlushAsync();
    }

    [Fact]
    public async Task Data_in_use_by_a_server_is_refused()
    {
        await using (var store = Open())
        {
            store.TryAppend(MailboxRecords.Create(1), Client);
            await store.FlushAsync();
            Assert.Contains("in use", ProblemOfOpening(Settings), StringComparison.Ordinal);
        }

        await Open().DisposeAsync();
    }

    protected MailboxStore Open(MailboxStoreSettings? settings = null)
    {
        Assert.True(MailboxStore.TryOpen(settings ?? Settings, out var store, out var problem), problem);
        return store!;
    }

    protected static string ProblemOfOpening(MailboxStoreSettings settings)
    {
        Assert.False(MailboxStore.TryOpen(settings, out var store, out var problem));
        Assert.Null(store);
        return problem;
    }

    protected void AskForPage(MailboxStore store) =>
        store.Read(Bob, new MailboxRead(MailboxReadKind.Page, MailboxPosition.Start, default, 16), Client);

    protected MailboxReadResult Take()
    {
        Assert.True(Client.Reads.TryRead(out var result));
        return result;
    }

    protected Task<MailboxReadResult> NextReadAsync() => Client.NextReadAsync(Cancellation);

    /// <summary>Rounds of a wave of messages that all go again; after each the check is told how large they were together.</summary>
    protected async Task FillAndDrainAsync(MailboxStore store, int rounds, Func<long, Task> checkDrainedAsync)
    {
        const int Records = 6000;
        const int BodyBytes = 1400;
        for (var arrival = 0; arrival < rounds * Records;)
        {
            var first = arrival + 1;
            while (arrival < first + Records - 1)
            {
                Assert.True(store.TryAppend(MailboxRecords.Create(++arrival, $"sip:ue{arrival % 50}@ims.example", BodyBytes), Client));
            }

            await store.FlushAsync();
            for (var number = first; number <= arrival; number++)
            {
                store.Remove(number);
            }

            await store.FlushAsync();
            await checkDrainedAsync(Records * (long)BodyBytes);
        }

        Assert.Equal(rounds * Records, Client.Appended.Count(static append => append.Durable));
    }

    protected static async Task<List<MailboxRecord>> ReadAllAsync(MailboxStore store)
    {
        var records = new List<MailboxRecord>();
        await foreach (var record in store.ReadAllAsync(Cancellation))
        {
            records.Add(record);
        }

        return records;
    }

    protected static void AssertSame(IReadOnlyList<MailboxRecord> expected, IReadOnlyList<MailboxRecord> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.True(expected[i].Body.Span.SequenceEqual(actual[i].Body.Span));
            Assert.Equal(expected[i] with { Body = default }, actual[i] with { Body = default });
        }
    }
}
