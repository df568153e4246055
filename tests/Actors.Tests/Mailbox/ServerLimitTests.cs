using System.Globalization;
using UeFarm.Actors.Stores;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Mailbox;

/// <summary>What a server refuses because of all mailboxes together, and what leaves it without anybody asking.</summary>
public class ServerLimitTests
{
    [Fact]
    public async Task A_server_that_holds_all_the_messages_it_may_answers_480_until_there_is_room()
    {
        await using var fixture = new MailboxServerFixture();
        fixture.Change(static options => options with { MaxStored = 3 });
        await fixture.StartAsync();
        foreach (var user in new[] { "a", "b", "c" })
        {
            fixture.Message(user, "kept");
            Assert.StartsWith("202", await fixture.NextLineAsync(), StringComparison.Ordinal);
        }

        await AssertRefusedAsync(fixture, "d", "too many");
        Assert.Equal((1, 0), (fixture.Server.Counters.RefusedServerQuota, fixture.Server.Counters.RefusedServerQuotaBytes));
        Assert.Equal((3, 12), (fixture.Server.Counters.Backlog, fixture.Server.Counters.BacklogBytes));

        // A phone that is there can be written to all the same.
        await fixture.RegisterAsync("e");
        fixture.Message("e", "live");
        Assert.Equal("Message live", await fixture.NextLineAsync());
        fixture.Respond(200);
        Assert.StartsWith("200", await fixture.NextLineAsync(), StringComparison.Ordinal);

        await fixture.RegisterAsync("a");
        Assert.Equal("Message kept", await fixture.NextLineAsync());
        fixture.Respond(200);
        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 2);
        fixture.Message("d", "now");
        Assert.StartsWith("202", await fixture.NextLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bytes_of_all_mailboxes_are_limited_and_known_again_after_a_restart()
    {
        await using var fixture = new MailboxServerFixture();
        fixture.Change(static options => options with { MaxStoredBytes = 20 });
        await fixture.StartAsync();
        fixture.Message("a", "0123456789");
        Assert.StartsWith("202", await fixture.NextLineAsync(), StringComparison.Ordinal);
        await AssertRefusedAsync(fixture, "b", "0123456789a");
        await fixture.Server.DisposeAsync();

        await fixture.StartAsync();
        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 1);
        Assert.Equal(10, fixture.Server.Counters.BacklogBytes);
        await AssertRefusedAsync(fixture, "b", "0123456789a");
        Assert.Equal((0, 1), (fixture.Server.Counters.RefusedServerQuota, fixture.Server.Counters.RefusedServerQuotaBytes));
        fixture.Message("b", "0123456789");
        Assert.StartsWith("202", await fixture.NextLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_answered_503_and_recovered_from_when_there_is_space()
    {
        await using var fixture = new MailboxServerFixture();
        fixture.Change(options => options with { Store = new SqliteMailboxStoreSettings { Path = fixture.DatabasePath, MaxPages = 100 } });
        await fixture.StartAsync();
        var stored = 0;
        string answer;
        do
        {
            fixture.Message("bob", new string('x', 20_000));
            answer = await fixture.NextLineAsync();
            stored++;
        }
        while (answer.StartsWith("202", StringComparison.Ordinal));
        Assert.StartsWith("503", answer, StringComparison.Ordinal);
        Assert.True(stored > 5);
        Assert.Equal((1, stored - 1), (fixture.Server.Counters.RefusedStorage, fixture.Server.Counters.Backlog));
        Assert.True(fixture.Server.Counters.FailedCommits > 0);
        Assert.NotNull(fixture.Server.Counters.StoreProblem);

        await fixture.RegisterAsync("bob");
        for (var i = 1; i < stored; i++)
        {
            Assert.StartsWith("Message xxx", await fixture.NextLineAsync(), StringComparison.Ordinal);
            fixture.Respond(200);
        }

        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 0);
        fixture.Message("carol", new string('x', 20_000));
        Assert.StartsWith("202", await fixture.NextLineAsync(), StringComparison.Ordinal);
        Assert.Null(fixture.Server.Counters.StoreProblem);
    }

    /// <summary>Nobody ever wakes these mailboxes: neither a registration nor a message.</summary>
    [Fact]
    public async Task Expired_messages_of_ten_thousand_phones_that_never_return_leave_the_store()
    {
        const int Recipients = 10_000;
        await using var fixture = new MailboxServerFixture();
        await fixture.StartAsync();
        for (var i = 0; i < Recipients; i++)
        {
            fixture.Message($"ue{i}", string.Create(CultureInfo.InvariantCulture, $"text {i}"), "Expires: 3600\r\n");
        }

        await fixture.UntilAsync(() => fixture.Server.Counters.Stored == Recipients);
        await fixture.Server.DisposeAsync(); // also of a server that only read of them
        await fixture.StartAsync();
        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == Recipients);
        fixture.Clock.Advance(TimeSpan.FromHours(1));
        await fixture.UntilAsync(() => fixture.Server.Counters.DroppedExpired == Recipients);
        Assert.Equal(Recipients, fixture.Dropped.Distinct().Count());
        Assert.Equal(0, fixture.Server.Counters.Backlog);
        await fixture.Server.DisposeAsync();

        Assert.True(MailboxStore.TryOpen(new SqliteMailboxStoreSettings { Path = fixture.DatabasePath }, out var store, out var problem), problem);
        await using (store)
        {
            Assert.Empty(store!.Recovery.Backlogs);
        }
    }

    private static async Task AssertRefusedAsync(MailboxServerFixture fixture, string user, string text)
    {
        fixture.Message(user, text);
        var answer = Assert.IsType<SipResponse>(await fixture.NextAsync());
        Assert.Equal(480, answer.StatusCode);
        Assert.Equal("30", answer.GetHeaderText(SipHeaderId.RetryAfter));
    }
}
