using UeFarm.Actors.Stores;
using UeFarm.Actors.Tests.Stores;
using UeFarm.Protocol.Messaging;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests.Stores;

/// <summary>A real file system that runs out of space, and gets some again.</summary>
public sealed class FullDiskTests
{
    private const string Bob = "sip:bob@ims.example";
    private const int BallastBytes = 8 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Without_space_nothing_is_confirmed_and_with_space_everything_owed_is_done()
    {
        var (mounted, missing) = await SmallDisk.TryMountAsync("16m");
        Assert.SkipWhen(mounted is null, missing);
        await using var disk = mounted!;
        var ballast = disk.PathOf("ballast");
        await File.WriteAllBytesAsync(ballast, new byte[BallastBytes], TestContext.Current.CancellationToken);
        var settings = new SqliteMailboxStoreSettings { Path = disk.PathOf("mailboxes.db"), RetryBase = TimeSpan.FromMilliseconds(10) };
        var client = new RecordingStoreClient();
        HashSet<long> confirmed;
        Assert.True(MailboxStore.TryOpen(settings, out var store, out var problem), problem);
        await using (store)
        {
            var arrival = 0L;
            while (client.Appended.All(static append => append.Durable))
            {
                Assert.True(store!.TryAppend(MailboxRecords.Create(++arrival), client));
                await FlushAsync(store);
            }

            confirmed = [.. client.Appended.Where(static append => append.Durable).Select(static append => append.Arrival)];
            Assert.True(confirmed.Count > 100);
            Assert.Contains("full", store!.Problem, StringComparison.Ordinal);

            // A removal needs a few bytes, and the last room goes with them.
            var removed = 0L;
            await UntilAsync(() =>
            {
                store.Remove(++removed);
                return Task.FromResult(store.FailedCommits > 2);
            });
            Assert.True(removed < confirmed.Count);
            Assert.NotNull(store.Problem);

            File.Delete(ballast);
            await UntilAsync(async () =>
            {
                store.Read(Bob, new MailboxRead(MailboxReadKind.Page, MailboxPosition.Start, default, 1), client);
                var page = await client.NextReadAsync(TestContext.Current.CancellationToken);
                return page.Succeeded && page.Records[0].Arrival == removed + 1;
            });
            Assert.True(store.TryAppend(MailboxRecords.Create(++arrival), client));
            await store.FlushAsync();
            Assert.Equal((arrival, true), client.Appended.Last());
            Assert.Null(store.Problem);
            confirmed.Add(arrival);
            confirmed.RemoveWhere(number => number <= removed);
        }

        Assert.True(MailboxStore.TryOpen(settings, out var reopened, out problem), problem);
        await using (reopened)
        {
            var held = new List<long>();
            await foreach (var record in reopened!.ReadAllAsync(TestContext.Current.CancellationToken))
            {
                held.Add(record.Arrival);
            }

            Assert.Equal(confirmed.Order(), held);
        }
    }

    private static async Task FlushAsync(MailboxStore store)
    {
        try
        {
            await store.FlushAsync();
        }
        catch (IOException)
        {
            // it shared the transaction that failed
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (!await condition())
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
