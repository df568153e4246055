using System.Globalization;
using UeFarm.Actors.Mailbox;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Mailbox;

/// <summary>What an operator may ask of a server that runs, and how it comes to rest.</summary>
public sealed class ApplicationServerOperatorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mailboxes_are_listed_page_by_page_in_order_with_what_they_hold()
    {
        await using var fixture = await StartedAsync();
        for (var i = 0; i < 25; i++)
        {
            for (var messages = 0; messages <= i % 3; messages++)
            {
                await StoreAsync(fixture, User(i), "12345");
            }
        }

        await fixture.RegisterAsync("nobody-wrote-to-me");
        var pages = new List<IReadOnlyList<MailboxSummary>>();
        do
        {
            pages.Add(await fixture.Server.ListMailboxesAsync(pages.Count == 0 ? "" : pages[^1][^1].Recipient, 10, Cancellation));
        }
        while (pages[^1].Count == 10);

        Assert.Equal([10, 10, 5], pages.Select(page => page.Count));
        Assert.Equal(
            Enumerable.Range(0, 25).Select(i => new MailboxSummary($"sip:{User(i)}@ims.example", (i % 3) + 1, 5 * ((i % 3) + 1), false)),
            pages.SelectMany(page => page));
    }

    [Fact]
    public async Task A_mailbox_is_found_with_its_first_messages_and_an_unknown_recipient_is_not()
    {
        await using var fixture = await StartedAsync();
        await StoreAsync(fixture, "bob", "first");
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await StoreAsync(fixture, "bob", "second");
        await fixture.RegisterAsync("carol");

        Assert.Equal(new MailboxSummary("sip:bob@ims.example", 2, 11, false), await fixture.Server.FindMailboxAsync("sip:bob@ims.example", Cancellation));
        Assert.Equal(new MailboxSummary("sip:carol@ims.example", 0, 0, true), await fixture.Server.FindMailboxAsync("sip:carol@ims.example", Cancellation));
        Assert.Null(await fixture.Server.FindMailboxAsync("sip:dave@ims.example", Cancellation));
        var first = Assert.Single(await fixture.Server.ReadFirstAsync("sip:bob@ims.example", 1, Cancellation));
        Assert.Equal("first"u8.ToArray(), first.Body.ToArray());
    }

    [Fact]
    public async Task A_purge_takes_messages_out_of_the_mailbox_and_the_store_and_tells_the_observer()
    {
        await using var fixture = await StartedAsync();
        for (var i = 1; i <= 40; i++)
        {
            await StoreAsync(fixture, "bob", string.Create(CultureInfo.InvariantCulture, $"text {i}"));
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await StoreAsync(fixture, "carol", "for carol");
        var before = (await fixture.Server.ReadFirstAsync("sip:bob@ims.example", 40, Cancellation))[30].ArrivedAt;

        var purge = await fixture.Server.PurgeAsync("sip:bob@ims.example", before, Cancellation);

        Assert.Equal((30, 0), (purge.Removed, purge.UnderWay));
        Assert.Equal(30, fixture.Server.Counters.DroppedPurged);
        Assert.Equal(11, fixture.Server.Counters.Backlog);
        Assert.Equal(Enumerable.Range(1, 30).Select(i => $"purged text/plain text {i}"), fixture.Dropped);
        await fixture.RegisterAsync("bob");
        for (var i = 31; i <= 40; i++)
        {
            Assert.Equal($"Message text {i}", await fixture.NextLineAsync());
            fixture.Respond(200);
        }

        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 1);
        Assert.Equal(0, (await fixture.Server.PurgeAsync("sip:nobody@ims.example", DateTimeOffset.MaxValue, Cancellation)).Removed);
    }

    [Fact]
    public async Task A_server_that_comes_to_rest_finishes_what_is_under_way_and_takes_nothing_new()
    {
        await using var fixture = await StartedAsync();
        await StoreAsync(fixture, "bob", "first");
        await StoreAsync(fixture, "bob", "second");
        await fixture.RegisterAsync("bob");
        Assert.Equal("Message first", await fixture.NextLineAsync());

        var resting = fixture.Server.ComeToRestAsync(Patience);
        await RefusedAsync(fixture, "carol");
        await RefusedAsync(fixture, "bob");
        Assert.StartsWith("200", await fixture.RegisterAsync("dave"), StringComparison.Ordinal);
        Assert.False(resting.IsCompleted);
        fixture.RespondTo(fixture.Last!, 200);

        Assert.True(await resting);
        Assert.Equal(2, fixture.Server.Counters.RefusedStopping);
        Assert.Equal(1, fixture.Server.Counters.Backlog);
        await fixture.Server.DisposeAsync();

        await fixture.StartAsync();
        Assert.Equal("Message second", await fixture.NextLineAsync());
        await fixture.UntilAsync(() => fixture.Server.Counters.UsersOnline == 2);
    }

    [Fact]
    public async Task A_server_whose_deliveries_do_not_end_is_not_waited_for_longer_than_said()
    {
        await using var fixture = await StartedAsync();
        await StoreAsync(fixture, "bob", "first");
        await fixture.RegisterAsync("bob");
        Assert.Equal("Message first", await fixture.NextLineAsync());

        Assert.False(await fixture.Server.ComeToRestAsync(TimeSpan.FromMilliseconds(20)));
    }

    [Theory]
    [InlineData(true, "200")]
    [InlineData(false, "503")]
    public async Task The_answer_to_a_registration_comes_when_the_presence_is_durable(bool durable, string answer)
    {
        await using var fixture = new MailboxServerFixture();
        await using var store = new HeldFlushStore(fixture.DatabasePath);
        fixture.Settings = fixture.Settings with { Store = store, Partitions = 1 };
        await fixture.StartAsync();
        fixture.Register("bob", 600);
        await store.FlushAskedAsync();
        fixture.Register("carol", 600); // joins the next flush
        Assert.StartsWith("202", await NextOfAsync(fixture, fixture.Message("dave", "not held up")), StringComparison.Ordinal);

        store.Release(durable);
        Assert.StartsWith(answer, await fixture.NextLineAsync(), StringComparison.Ordinal);
        await store.FlushAskedAsync();
        store.Release(durable: true);
        Assert.StartsWith("200", await fixture.NextLineAsync(), StringComparison.Ordinal);

        fixture.Register("bob", 600); // says nothing new
        Assert.StartsWith("200", await fixture.NextLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registration_that_was_not_made_durable_waits_for_the_disk_again_when_the_core_repeats_it()
    {
        await using var fixture = new MailboxServerFixture();
        await using var store = new HeldFlushStore(fixture.DatabasePath);
        fixture.Settings = fixture.Settings with { Store = store, Partitions = 1 };
        await fixture.StartAsync();
        fixture.Register("bob", 600);
        await store.FlushAskedAsync();
        store.Release(durable: false);
        Assert.StartsWith("503", await fixture.NextLineAsync(), StringComparison.Ordinal);

        fixture.Register("bob", 600);
        await store.FlushAskedAsync();
        store.Release(durable: true);

        Assert.StartsWith("200", await fixture.NextLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_comes_to_rest_when_what_left_is_reported_even_to_a_mailbox_that_was_not_there()
    {
        await using var fixture = await StartedAsync();
        Assert.StartsWith("202", await NextOfAsync(fixture, fixture.MessageAsking("bob", "m1", "negative-delivery")), StringComparison.Ordinal);
        await fixture.RegisterAsync("alice");
        await fixture.RegisterAsync("bob");
        Assert.Contains("text m1", await fixture.NextLineAsync(), StringComparison.Ordinal);

        var resting = fixture.Server.ComeToRestAsync(Patience);
        await RefusedAsync(fixture, "carol");
        fixture.RespondTo(fixture.Last!, 415);

        Assert.True(await resting);
        Assert.Equal((1, 1), (fixture.Server.Counters.ReportedFailed, fixture.Server.Counters.Backlog));
        await fixture.Server.DisposeAsync();
        await fixture.StartAsync();
        Assert.Equal("Failed m1 to alice", await fixture.NextLineAsync());
        fixture.Respond(200);
        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 0);
    }

    [Fact]
    public async Task A_server_whose_mailboxes_wait_for_their_turn_comes_to_rest_without_it()
    {
        await using var fixture = new MailboxServerFixture();
        fixture.Change(static options => options with { DrainRate = 1.0 / 3600 });
        await fixture.StartAsync();
        foreach (var user in (string[])["ann", "bob", "cem"])
        {
            await StoreAsync(fixture, user, "hello");
        }

        foreach (var user in (string[])["ann", "bob", "cem"])
        {
            await fixture.RegisterAsync(user);
        }

        Assert.Equal("Message hello", await fixture.NextLineAsync());
        await fixture.UntilAsync(() => fixture.Server.Counters.DrainWaiting == 2);
        fixture.Respond(200);

        Assert.True(await fixture.Server.ComeToRestAsync(Patience));
        Assert.Equal(2, fixture.Server.Counters.Backlog);
    }

    [Fact]
    public async Task What_the_core_answered_and_when_the_way_to_it_failed_is_known()
    {
        await using var fixture = await StartedAsync();
        await fixture.RegisterAsync("bob");
        Assert.Null(fixture.Server.Core.IsReachable);
        var callId = fixture.Message("bob", "hello");
        Assert.Equal("Message hello", await fixture.NextLineAsync());
        fixture.Respond(200);
        Assert.Equal($"200 {callId}", await fixture.NextLineAsync());
        Assert.True(fixture.Server.Core.IsReachable);

        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        fixture.Message("bob", "hello again");
        Assert.Equal("Message hello again", await fixture.NextLineAsync());
        await fixture.CloseCoreAsync();
        await fixture.UntilAsync(() => fixture.Server.Core.IsReachable == false);
    }

    [Fact]
    public async Task A_probe_reaches_the_disk()
    {
        await using var fixture = await StartedAsync();
        await fixture.Server.ProbeStoreAsync(Cancellation);
        var before = new FileInfo(fixture.DatabasePath + "-wal").Length;
        await fixture.Server.ProbeStoreAsync(Cancellation);
        Assert.True(new FileInfo(fixture.DatabasePath + "-wal").Length > before);
    }

    private static string User(int number) => string.Create(CultureInfo.InvariantCulture, $"ue{number:000}");

    private static async Task StoreAsync(MailboxServerFixture fixture, string user, string text)
    {
        fixture.Message(user, text);
        Assert.StartsWith("202", await fixture.NextLineAsync(), StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(MailboxServerFixture fixture, string user)
    {
        fixture.Message(user, "too late");
        SipMessage message;
        do
        {
            message = await fixture.NextAsync();
        }
        while (message is not SipResponse { StatusCode: >= 200 });
        Assert.Equal(503, ((SipResponse)message).StatusCode);
        Assert.Equal("30", ((SipResponse)message).GetHeaderText(SipHeaderId.RetryAfter));
    }

    private static async Task<string> NextOfAsync(MailboxServerFixture fixture, string callId)
    {
        var line = await fixture.NextLineAsync();
        Assert.EndsWith(callId, line, StringComparison.Ordinal);
        return line;
    }

    private static async Task<MailboxServerFixture> StartedAsync()
    {
        var fixture = new MailboxServerFixture();
        await fixture.StartAsync();
        return fixture;
    }
}
