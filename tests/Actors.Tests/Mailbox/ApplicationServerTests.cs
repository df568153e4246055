using System.Globalization;
using System.Text;
using UeFarm.Actors.Mailbox;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Mailbox;

public class ApplicationServerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_for_an_offline_phone_are_answered_202_and_drained_in_order_when_it_registers(bool sockets)
    {
        await using var fixture = await StartedAsync(sockets);
        var callIds = Enumerable.Range(1, 40).Select(i =>
        {
            fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
            return fixture.Message("bob", $"text {i}");
        }).ToList();
        var answers = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            answers.Add(await fixture.NextLineAsync());
        }

        Assert.Equal(callIds.Select(id => $"202 {id}"), answers);
        Assert.Equal(40, fixture.Server.Counters.Backlog);
        Assert.Equal(40, fixture.Server.Counters.Stored);

        Assert.StartsWith("200", await fixture.RegisterAsync("bob"), StringComparison.Ordinal);
        for (var i = 1; i <= 40; i++)
        {
            Assert.Equal($"Message text {i}", await fixture.NextLineAsync());
            fixture.Respond(200);
        }

        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 0);
        Assert.Equal(40, fixture.Server.Counters.Delivered);
        Assert.Equal(0, fixture.Server.Counters.OrderViolations);
        Assert.Equal(0, fixture.Server.Counters.Redeliveries);
        Assert.Empty(await StoredAsync(fixture));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(415)]
    public async Task For_an_online_phone_the_sender_gets_the_phones_own_answer(int status)
    {
        await using var fixture = await StartedAsync();
        await fixture.RegisterAsync("bob");
        for (var i = 0; i < 3; i++)
        {
            var callId = fixture.Message("bob", "hello", "P-Asserted-Identity: <sip:alice@ims.example>\r\n");
            Assert.Equal("Message hello", await fixture.NextLineAsync());
            Assert.Equal("<sip:alice@ims.example>", fixture.Last!.GetHeaderText(SipHeaderId.PAssertedIdentity));
            fixture.Respond(status);
            Assert.Equal($"{status} {callId}", await fixture.NextLineAsync());

            // Longer than a mailbox without work lives: the next one starts a new mailbox, which knows that the phone is there.
            fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(0, fixture.Server.Counters.Stored);
        Assert.Equal(status == 200 ? 3 : 0, fixture.Server.Counters.ForwardedLive);
        Assert.Equal(status == 200 ? 0 : 3, fixture.Server.Counters.RelayedFailures);
    }

    [Fact]
    public async Task A_third_party_registration_is_answered_with_its_contact_and_expiry_and_counted()
    {
        await using var fixture = await StartedAsync();
        fixture.Register("bob", 3600);
        var answer = Assert.IsType<SipResponse>(await fixture.NextAsync());
        Assert.Equal(200, answer.StatusCode);
        Assert.Equal("3600", answer.GetHeaderText(SipHeaderId.Expires));
        Assert.Equal("<sip:scscf.ims.example>", answer.GetHeaderText(SipHeaderId.Contact));
        Assert.Equal(1, fixture.Server.Counters.UsersOnline);

        await fixture.RegisterAsync("bob", 3600);
        Assert.Equal(1, fixture.Server.Counters.UsersOnline);
        await fixture.RegisterAsync("bob", 0);
        Assert.Equal(0, fixture.Server.Counters.UsersOnline);
        await fixture.RegisterAsync("bob", 0);
        Assert.Equal(0, fixture.Server.Counters.UsersOnline);
    }

    [Theory]
    [InlineData("NOTIFY", "sip:as.ims.example", "sip:as.ims.example", 481)]
    [InlineData("OPTIONS", "sip:as.ims.example", "sip:as.ims.example", 200)]
    [InlineData("PUBLISH", "sip:bob@ims.example", "sip:bob@ims.example", 405)]
    [InlineData("MESSAGE", "sip:bob@elsewhere.example", "sip:bob@ims.example", 404)]
    [InlineData("MESSAGE", "sip:ims.example", "sip:bob@ims.example", 404)]
    [InlineData("REGISTER", "sip:as.ims.example", "sip:bob@elsewhere.example", 404)]
    public async Task What_is_no_message_or_registration_of_the_domain_is_answered_at_once(string method, string uri, string to, int status)
    {
        await using var fixture = await StartedAsync();
        fixture.Send(method, uri, to, string.Empty, string.Empty);
        var answer = Assert.IsType<SipResponse>(await fixture.NextAsync());
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status is 200 or 405, answer.TryGetHeader(SipHeaderId.Allow, out _));
    }

    [Fact]
    public async Task A_restarted_server_goes_on_where_it_was_without_a_new_registration()
    {
        await using var fixture = await StartedAsync();
        await fixture.RegisterAsync("bob");
        fixture.Message("carol", "for carol");
        Assert.StartsWith("202", await fixture.NextLineAsync(), StringComparison.Ordinal);
        fixture.Message("bob", "first");
        Assert.Equal("Message first", await fixture.NextLineAsync());
        fixture.Respond(480);
        Assert.StartsWith("202", await fixture.NextLineAsync(), StringComparison.Ordinal);
        await fixture.Server.DisposeAsync();

        await fixture.StartAsync();
        Assert.Equal("Message first", await fixture.NextLineAsync());
        fixture.Respond(200);
        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 1);
        Assert.Equal(1, fixture.Server.Counters.UsersOnline);
        var left = Assert.Single(await StoredAsync(fixture));
        Assert.Equal("sip:carol@ims.example", left.Recipient);
        Assert.Equal("text/plain", left.ContentType);
        Assert.Equal("for carol", Encoding.UTF8.GetString(left.Body.Span));
    }

    [Fact]
    public async Task Expired_and_refused_messages_are_told_to_the_observer()
    {
        await using var fixture = await StartedAsync();
        fixture.Message("bob", "short", "Expires: 60\r\n");
        fixture.Message("bob", "long");
        await fixture.NextLineAsync();
        await fixture.NextLineAsync();
        fixture.Clock.Advance(TimeSpan.FromSeconds(61));
        await fixture.UntilAsync(() => fixture.Server.Counters.DroppedExpired == 1);

        await fixture.RegisterAsync("bob");
        Assert.Equal("Message long", await fixture.NextLineAsync());
        fixture.Respond(493);
        await fixture.UntilAsync(() => fixture.Server.Counters.DroppedPermanent == 1);
        Assert.Equal(["expired text/plain short", "permanent text/plain long"], fixture.Dropped);
        Assert.Equal(0, fixture.Server.Counters.Backlog);
    }

    [Fact]
    public async Task A_mailbox_that_fails_starts_again_with_what_the_store_holds()
    {
        await using var fixture = await StartedAsync();
        for (var i = 1; i <= 3; i++)
        {
            fixture.Message("bob", string.Create(CultureInfo.InvariantCulture, $"text {i}"));
            await fixture.NextLineAsync();
        }

        fixture.ObserverFails = true;
        await fixture.RegisterAsync("bob");
        Assert.Equal("Message text 1", await fixture.NextLineAsync());
        fixture.Respond(415);

        // The failure came before the removal: the message is still stored and is sent again.
        Assert.Equal("Message text 1", await fixture.NextLineAsync());
        fixture.Respond(200);
        Assert.Equal("Message text 2", await fixture.NextLineAsync());
        fixture.Respond(200);
        Assert.Equal("Message text 3", await fixture.NextLineAsync());
        fixture.Respond(200);
        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 0);
        Assert.Equal(1, fixture.Server.Counters.Restarts);
    }

    [Fact]
    public async Task A_core_that_cannot_be_reached_is_a_temporary_failure()
    {
        await using var fixture = await StartedAsync();
        await fixture.RegisterAsync("bob");
        fixture.Message("bob", "hello");
        Assert.Equal("Message hello", await fixture.NextLineAsync());
        await fixture.CloseCoreAsync();
        await fixture.UntilAsync(() => fixture.Server.Counters.TemporaryFailures > 2);
        Assert.Equal(1, fixture.Server.Counters.Backlog);
        Assert.Equal(1, fixture.Server.Counters.Stored);
    }

    [Fact]
    public async Task A_response_that_nobody_asked_for_is_counted()
    {
        await using var fixture = await StartedAsync();
        await fixture.RegisterAsync("bob");
        fixture.Message("bob", "hello");
        await fixture.NextLineAsync();
        fixture.Respond(200);
        await fixture.NextLineAsync();
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await fixture.UntilAsync(() =>
        {
            fixture.Respond(200); // the mailbox is stopped in a moment
            return fixture.Server.Counters.StrayResponses > 0;
        });
        Assert.Equal(1, fixture.Server.Counters.ForwardedLive);
    }

    [Fact]
    public async Task A_database_that_cannot_be_used_stops_the_start_with_a_reason()
    {
        await using var fixture = new MailboxServerFixture();
        await File.WriteAllTextAsync(fixture.DatabasePath, new string('x', 5000), TestContext.Current.CancellationToken);
        var failure = await Assert.ThrowsAsync<InvalidDataException>(fixture.StartAsync);
        Assert.Contains("not a database", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_recipients_each_get_their_own_messages()
    {
        const int Recipients = 300;
        await using var fixture = await StartedAsync();
        for (var i = 0; i < Recipients; i++)
        {
            fixture.Message($"ue{i}", $"a {i}");
            fixture.Message($"ue{i}", $"b {i}");
        }

        await fixture.UntilAsync(() => fixture.Server.Counters.Stored == 2 * Recipients);
        for (var i = 0; i < Recipients; i++)
        {
            fixture.Register($"ue{i}", 3600);
        }

        var received = new Dictionary<string, List<string>>();
        for (var deliveries = 0; deliveries < 2 * Recipients;)
        {
            if (await fixture.NextAsync() is SipRequest request)
            {
                deliveries++;
                var user = request.RequestUri.User!;
                received.TryAdd(user, []);
                received[user].Add(Encoding.UTF8.GetString(request.Body.Span));
                fixture.RespondTo(request, 200);
            }
        }

        Assert.Equal(Recipients, received.Count);
        Assert.All(received, pair => Assert.Equal([$"a {pair.Key[2..]}", $"b {pair.Key[2..]}"], pair.Value));
        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 0);
        Assert.True(fixture.Server.Counters.Commits < 4 * Recipients, "records share transactions");
    }

    [Fact]
    public async Task Under_a_limit_of_the_drain_phones_take_turns()
    {
        await using var fixture = new MailboxServerFixture();
        fixture.Change(static options => options with { DrainRate = 1.0 / 3600 });
        await fixture.StartAsync();
        foreach (var user in (string[])["ann", "bob", "cem"])
        {
            foreach (var text in (string[])["first", "second"])
            {
                var id = fixture.Message(user, $"{text} of {user}");
                Assert.Equal($"202 {id}", await fixture.NextLineAsync());
                fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
            }
        }

        foreach (var user in (string[])["ann", "bob", "cem"])
        {
            await fixture.RegisterAsync(user);
        }

        var users = new List<string>();
        for (var round = 0; round < 6; round++)
        {
            var line = await fixture.NextLineAsync();
            users.Add(line[^3..]);
            Assert.Equal($"Message {(round < 3 ? "first" : "second")} of {users[^1]}", line);
            await fixture.UntilAsync(() => fixture.Server.Counters.DrainWaiting == (round < 3 ? 2 : 5 - round));
            fixture.Respond(200);
            await fixture.UntilAsync(() => fixture.Server.Counters.DrainWaiting == (round < 3 ? 3 : 5 - round));
            fixture.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(users[..3], users[3..]);
        Assert.Equal(3, users.Distinct().Count());
        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 0);
    }

    [Fact]
    public async Task A_core_that_asks_for_silence_gets_it_from_all_mailboxes()
    {
        await using var fixture = await StartedAsync();
        foreach (var user in (string[])["ann", "bob"])
        {
            var id = fixture.Message(user, $"for {user}");
            Assert.Equal($"202 {id}", await fixture.NextLineAsync());
        }

        await fixture.RegisterAsync("ann");
        Assert.Equal("Message for ann", await fixture.NextLineAsync());
        fixture.Respond(503, "Retry-After: 100\r\n");
        await fixture.UntilAsync(() => fixture.Server.Counters.TemporaryFailures == 1);
        var barrier = fixture.Send("OPTIONS", "sip:bob@ims.example", "sip:bob@ims.example", string.Empty, string.Empty);
        Assert.Equal($"200 {barrier}", await fixture.NextLineAsync());

        await fixture.RegisterAsync("bob");
        fixture.Clock.Advance(TimeSpan.FromSeconds(90));
        barrier = fixture.Send("OPTIONS", "sip:bob@ims.example", "sip:bob@ims.example", string.Empty, string.Empty);
        Assert.Equal($"200 {barrier}", await fixture.NextLineAsync());
        fixture.Clock.Advance(TimeSpan.FromSeconds(35));
        var delivered = new[] { await fixture.NextLineAsync(), await fixture.NextLineAsync() };
        Assert.Equal(["Message for ann", "Message for bob"], delivered.Order());
    }

    private static async Task<MailboxServerFixture> StartedAsync(bool sockets = false)
    {
        var fixture = new MailboxServerFixture(sockets);
        await fixture.StartAsync();
        return fixture;
    }

    private static async Task<List<StoredMailboxMessage>> StoredAsync(MailboxServerFixture fixture)
    {
        var stored = new List<StoredMailboxMessage>();
        await foreach (var message in fixture.Server.ReadStoredAsync(TestContext.Current.CancellationToken))
        {
            stored.Add(message);
        }

        return stored;
    }
}
