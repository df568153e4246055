using UeFarm.Actors.Journal;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Actors.Tests.Journal;

/// <summary>The model of a journal that other tests go by is one itself.</summary>
public sealed class MemoryRunJournalTests : RunJournalContract
{
    private readonly MemoryRunJournal _journal;

    public MemoryRunJournalTests() => _journal = new MemoryRunJournal(Time);

    [Fact]
    public async Task What_is_held_back_is_neither_durable_nor_passed_by_time_and_lost_with_its_process()
    {
        var claim = await _journal.ClaimAsync(0, "node-a", Cancellation);
        var complete = (await StateAsync()).CompleteTicks;
        _journal.IsHeld = true;
        _journal.TryAppend(claim, Fact(1), Client, 1);
        _journal.TryAppend(claim, Fact(2), Client, 2);
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((complete, 1), ((await StateAsync()).CompleteTicks, (await StateAsync()).LastBatch));
        _journal.Release(0, most: 1);
        Assert.Equal([1], Client.Durable);
        _journal.Kill("node-a");
        _journal.Release(0);
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((complete, 2), ((await StateAsync()).CompleteTicks, (await StateAsync()).LastBatch));
        Assert.Equal(1, Client.Count);

        await _journal.ClaimAsync(0, "node-b", Cancellation);
        Assert.True((await StateAsync()).CompleteTicks > complete);
        _journal.IsFull = true;
        Assert.False(_journal.TryAppend(claim, Fact(3)));
    }

    protected override IRunJournal OpenOne() => _journal;

    private async Task<StreamState> StateAsync() => Assert.Single(await _journal.ListAsync(Cancellation));
}
