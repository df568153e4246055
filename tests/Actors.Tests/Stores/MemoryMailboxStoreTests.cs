using CsCheck;
using UeFarm.Actors.Stores;
using UeFarm.Protocol.Messaging;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Actors.Tests.Stores;

public sealed class MemoryMailboxStoreTests
{
    private const string Bob = "sip:bob@ims.example";

    private static readonly string[] Recipients = [Bob, "sip:carol@ims.example", "sip:dave@ims.example"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private enum Step
    {
        Append,
        Remove,
        Page,
        Expired,
        Inventory,
    }

    /// <summary>The database is the model: whatever is appended, removed and asked, in whatever order, both answer the same.</summary>
    [Fact]
    public async Task It_answers_as_the_database_does()
    {
        var steps = Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 2], Gen.Int[0, 40], Gen.Int[0, 6]).Array[10, 120];
        await steps.SampleAsync(
            async script =>
            {
                var folder = Directory.CreateTempSubdirectory("uefarm-store-");
                try
                {
                    Assert.True(MailboxStore.TryOpen(new SqliteMailboxStoreSettings { Path = Path.Combine(folder.FullName, "m.db") }, out var database, out _));
                    await using (database)
                    {
                        await using var memory = new MemoryMailboxStore();
                        var (expected, inDatabase) = await PlayAsync(database!, script);
                        var (actual, inMemory) = await PlayAsync(memory, script);
                        Assert.Equal(expected, actual);
                        Assert.Equal(inDatabase, inMemory);
                    }
                }
                finally
                {
                    folder.Delete(recursive: true);
                }
            },
            iter: 60);
    }

    [Fact]
    public void Everything_is_confirmed_before_the_call_returns()
    {
        var store = new MemoryMailboxStore();
        var client = new RecordingStoreClient();
        Assert.True(store.TryAppend(MailboxRecords.Create(1), client));
        Assert.Equal((1, true), Assert.Single(client.Appended));
        Assert.Equal(1, store.Commits);
        store.Read(Bob, new MailboxRead(MailboxReadKind.Page, MailboxPosition.Start, default, 5), client);
        Assert.Equal(MailboxRecords.BodyOf(1, 1400), Assert.Single(Assert.Single(AnswersOf(client)).Records).Body.ToArray());
        Assert.Empty(store.Recovery.Backlogs);
    }

    [Fact]
    public async Task A_closed_store_takes_nothing_and_says_that_it_knows_nothing()
    {
        var store = new MemoryMailboxStore();
        var client = new RecordingStoreClient();
        await store.DisposeAsync();
        Assert.False(store.TryAppend(MailboxRecords.Create(1), client));
        store.Read(Bob, new MailboxRead(MailboxReadKind.Inventory, default, default, 5), client);
        Assert.False(Assert.Single(AnswersOf(client)).Succeeded);
        Assert.Empty(client.Appended);
    }

    /// <summary>What a store answers to a script, as text, and what it holds in the end.</summary>
    private static async Task<(List<string> Answers, List<long> Held)> PlayAsync(IMailboxStore store, (Step Step, int Recipient, int Number, int Limit)[] script)
    {
        var client = new RecordingStoreClient();
        var arrival = 0L;
        foreach (var (step, recipient, number, limit) in script)
        {
            var user = Recipients[recipient];
            switch (step)
            {
                case Step.Append:
                    // Neither timestamps nor expiries follow the arrival.
                    Assert.True(store.TryAppend(
                        MailboxRecords.Create(
                            ++arrival, user, 10 + number, TimeSpan.FromSeconds((number * 7) % 41), TimeSpan.FromMinutes((number * 11) % 43)),
                        client));
                    break;
                case Step.Remove when arrival > 0:
                    store.Remove(1 + (number % arrival));
                    break;
                case Step.Page:
                    var after = number < 5 ? MailboxPosition.Start : MailboxRecords.Create(1 + (number % 9), user, timestamp: TimeSpan.FromSeconds(number)).Position;
                    store.Read(user, new MailboxRead(MailboxReadKind.Page, after, default, 1 + limit), client);
                    break;
                case Step.Expired:
                    // Enough room for all: with less, which of the expired ones come first is the store's choice.
                    store.Read(user, new MailboxRead(MailboxReadKind.Expired, default, MailboxRecords.Epoch.AddMinutes(number), 1000), client);
                    break;
                case Step.Inventory:
                    store.Read(user, new MailboxRead(MailboxReadKind.Inventory, default, default, 1), client);
                    break;
            }

            if (step >= Step.Page)
            {
                // Answered before anything follows, for the database lets appends and removals overtake.
                await store.FlushAsync();
            }
        }

        await store.FlushAsync();
        var answers = AnswersOf(client).Select(static read => $"{read.Kind} {read.Succeeded} {TextOf(read)} {InventoryOf(read)}").ToList();
        answers.Add($"oldest {await store.FindOldestAsync():O}");
        var held = new List<long>();
        await foreach (var record in store.ReadAllAsync(Cancellation))
        {
            held.Add(record.Arrival);
        }

        return (answers, held);
    }

    private static List<MailboxReadResult> AnswersOf(RecordingStoreClient client)
    {
        var answers = new List<MailboxReadResult>();
        while (client.Reads.TryRead(out var answer))
        {
            answers.Add(answer);
        }

        return answers;
    }

    private static string TextOf(MailboxReadResult read)
    {
        var arrivals = read.Records.Select(static record => record.Arrival);
        return string.Join(' ', read.Kind == MailboxReadKind.Expired ? arrivals.Order() : arrivals);
    }

    private static string InventoryOf(MailboxReadResult read) => read.Inventory.Count == 0
        ? "nothing"
        : $"{read.Inventory.Count} {read.Inventory.BodyBytes} {read.Inventory.EarliestExpiry:O}";
}
