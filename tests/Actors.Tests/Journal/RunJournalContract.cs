using Microsoft.Extensions.Time.Testing;
using UeFarm.Actors.Journal;
using Xunit;

namespace UeFarm.Actors.Tests.Journal;

/// <summary>What every kind of journal does.</summary>
public abstract class RunJournalContract : IAsyncLifetime
{
    private readonly List<IRunJournal> _opened = [];

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected RecordingJournalClient Client { get; } = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var journal in _opened)
        {
            await journal.DisposeAsync();
        }

        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Facts_are_read_in_the_order_in_which_they_were_appended_from_any_position()
    {
        var journal = Open();
        var claim = await journal.ClaimAsync(7, "node-a", Cancellation);
        for (var token = 0; token < 500; token++)
        {
            Assert.True(journal.TryAppend(claim, Fact(token), token % 10 == 9 ? Client : null, token));
        }

        await UntilAsync(() => Client.Count == 50);
        Assert.Equal(Enumerable.Range(0, 50).Select(static i => (10L * i) + 9), Client.Durable);
        var batches = await ReadAsync(Open(), 7, page: 3);
        Assert.Equal(Enumerable.Range(1, batches.Count).Select(static i => (long)i), batches.Select(static batch => batch.Number));
        Assert.All(batches, batch => Assert.Equal(claim.Epoch, batch.Epoch));
        RunFact[] expected = [new(RunFactKind.Claimed, Time.GetUtcNow().UtcTicks, Token: claim.Epoch), .. Enumerable.Range(0, 500).Select(static token => Fact(token))];
        Assert.Equal(expected, batches.SelectMany(static batch => batch.Facts));
        Assert.Equal(batches[^1].Number, Assert.Single(await journal.ReadAsync(7, batches.Count - 1, 10, Cancellation)).Number);
        Assert.Empty(await journal.ReadAsync(8, 0, 10, Cancellation));
    }

    [Fact]
    public async Task After_a_claim_nothing_of_an_older_one_is_taken()
    {
        var (old, other) = (Open(), Open());
        var lost = await old.ClaimAsync(1, "node-a", Cancellation);
        old.TryAppend(lost, Fact(1), Client, 1);
        await UntilAsync(() => Client.Count == 1);
        var claim = await other.ClaimAsync(1, "node-b", Cancellation);
        Assert.True(claim.Epoch > lost.Epoch);
        old.TryAppend(lost, Fact(2), Client, 2);
        old.TryAppend(lost, Fact(3), Client, 3);
        other.TryAppend(claim, Fact(4), Client, 4);
        await UntilAsync(() => Client.Count == 4);
        old.TryAppend(lost, Fact(5), Client, 5);
        await UntilAsync(() => Client.Count == 5);

        Assert.Equal([1, 4], Client.Durable.Order());
        Assert.Equal([2, 3, 5], Client.Fenced);
        var due = (await ReadAsync(other, 1)).SelectMany(static batch => batch.Facts).Where(static fact => fact.Kind == RunFactKind.Due);
        Assert.Equal([1, 4], due.Select(static fact => fact.Token));
        var state = Assert.Single(await old.ListAsync(Cancellation));
        Assert.Equal((1, claim.Epoch, "node-b", 4), (state.Stream, state.Epoch, state.Owner, state.LastBatch));
    }

    [Fact]
    public async Task A_stream_that_is_idle_becomes_complete_as_time_goes_on()
    {
        var journal = Open();
        await journal.ClaimAsync(3, "node-a", Cancellation);
        await journal.ClaimAsync(RunStreams.ApplicationServerOf(0), "node-a", Cancellation);
        var before = Time.GetUtcNow().UtcTicks;
        IReadOnlyList<StreamState> states;
        do
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            states = await journal.ListAsync(Cancellation);
            Assert.All(states, state => Assert.True(state.CompleteTicks < Time.GetUtcNow().UtcTicks));
        }
        while (states.Any(state => state.CompleteTicks < before));

        Assert.Equal([RunStreams.ApplicationServerOf(0), 3], states.Select(static state => state.Stream));
        Assert.All(states, static state => Assert.Equal(1, state.LastBatch));
    }

    [Fact]
    public async Task Each_of_many_writers_keeps_its_order()
    {
        const int writers = 4;
        const int each = 2000;
        var journal = Open();
        var claims = await Task.WhenAll(Enumerable.Range(0, 3).Select(stream => journal.ClaimAsync(stream, "node-a", Cancellation)));
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
            {
                Assert.True(journal.TryAppend(claims[i % 3], new RunFact(RunFactKind.Due, i, writer, i), Client, i));
            }
        })));
        await UntilAsync(() => Client.Count == writers * each);
        Assert.Empty(Client.Fenced);
        foreach (var claim in claims)
        {
            var facts = (await ReadAsync(journal, claim.Stream)).SelectMany(static batch => batch.Facts).Where(static fact => fact.Kind == RunFactKind.Due).ToArray();
            Assert.Equal(writers, facts.GroupBy(static fact => fact.Phone).Count());
            Assert.All(facts.GroupBy(static fact => fact.Phone), group =>
                Assert.Equal(Enumerable.Range(0, each).Where(i => i % 3 == claim.Stream).Select(static i => (long)i), group.Select(static fact => fact.Token)));
        }
    }

    [Fact]
    public async Task Owners_that_take_a_stream_from_each_other_never_write_after_their_successor()
    {
        const int claims = 20;
        var told = new List<(long Epoch, RecordingJournalClient Client)>();
        var journals = new[] { Open(), Open() };
        await Task.WhenAll(journals.Select((journal, process) => Task.Run(async () =>
        {
            for (var i = 0; i < claims; i++)
            {
                var claim = await journal.ClaimAsync(0, $"node-{process}", Cancellation);
                var client = new RecordingJournalClient();
                lock (told)
                {
                    told.Add((claim.Epoch, client));
                }

                for (var number = 0; number < 100; number++)
                {
                    Assert.True(journal.TryAppend(claim, Fact(number), client, number));
                    _ = number % 20 == 0 ? await journal.ListAsync(Cancellation) : null;
                }
            }
        })));
        await UntilAsync(() => told.Sum(static claim => claim.Client.Count) == 2 * claims * 100);

        var batches = await ReadAsync(journals[0], 0);
        Assert.Equal(batches.Select(static batch => batch.Epoch).Order(), batches.Select(static batch => batch.Epoch));
        Assert.Equal(Enumerable.Range(1, 2 * claims).Select(static epoch => (long)epoch), told.Select(static claim => claim.Epoch).Order());
        foreach (var (epoch, client) in told)
        {
            var facts = batches.Where(batch => batch.Epoch == epoch).SelectMany(static batch => batch.Facts).Where(static fact => fact.Kind == RunFactKind.Due).ToArray();
            Assert.Equal(client.Durable, facts.Select(static fact => fact.Token));
            Assert.Equal(Enumerable.Range(client.Durable.Count, client.Fenced.Count).Select(static i => (long)i), client.Fenced);
        }
    }

    [Fact]
    public async Task What_was_never_claimed_cannot_be_written()
    {
        var journal = Open();
        var claim = await journal.ClaimAsync(0, "node-a", Cancellation);
        Assert.Throws<ArgumentException>(() => journal.TryAppend(claim with { Stream = 1 }, Fact(1)));
        Assert.Throws<ArgumentException>(() => journal.TryAppend(claim with { Epoch = claim.Epoch + 1 }, Fact(1)));
    }

    protected abstract IRunJournal OpenOne();

    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    /// <summary>As another process would.</summary>
    protected IRunJournal Open()
    {
        var journal = OpenOne();
        _opened.Add(journal);
        return journal;
    }

    protected static RunFact Fact(long token) => new(RunFactKind.Due, 1000 + token, 5, token);

    protected static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            await Task.Delay(5, Cancellation);
        }
    }

    protected static async Task<List<JournalBatch>> ReadAsync(IRunJournal journal, int stream, int page = 100)
    {
        var batches = new List<JournalBatch>();
        while (await journal.ReadAsync(stream, batches.Count == 0 ? 0 : batches[^1].Number, page, Cancellation) is { Count: > 0 } more)
        {
            Assert.True(more.Count <= page);
            batches.AddRange(more);
        }

        return batches;
    }
}
