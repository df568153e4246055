using UeFarm.Actors.Stores;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Mailbox;

/// <summary>Delivery reports of a whole server over its store: who hears of what, also across restarts.</summary>
public class ApplicationServerReportTests
{
    private const string Failures = "negative-delivery";

    [Fact]
    public async Task A_sender_that_asked_hears_of_expiry_when_it_is_back_and_one_that_did_not_hears_nothing()
    {
        await using var fixture = await StartedAsync();
        await SendAsync(fixture, "asked", Failures, expires: 10);
        await SendAsync(fixture, "not-asked", "positive-delivery", expires: 10);
        fixture.Clock.Advance(TimeSpan.FromSeconds(20));
        await fixture.UntilAsync(() => fixture.Server.Counters.ReportedFailed == 1 && fixture.Server.Counters.Backlog == 1);

        await fixture.RegisterAsync("alice");
        Assert.Equal("Failed asked to alice", await fixture.NextLineAsync());
        Assert.Equal($"<sip:{fixture.Server.EndPoint}>", fixture.Last!.GetHeaderText(SipHeaderId.PAssertedIdentity));
        Assert.Equal($"sip:{fixture.Server.EndPoint}", fixture.Last.From.Uri.ToString());
        fixture.Respond(200);
        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 0);
        Assert.Equal(2, fixture.Server.Counters.DroppedExpired);
    }

    [Fact]
    public async Task An_online_sender_hears_of_a_refusal_and_of_storing_at_once()
    {
        await using var fixture = await StartedAsync();
        await fixture.RegisterAsync("alice");
        await SendAsync(fixture, "m1", $"{Failures}, processing", expires: 3600, and: "Stored m1 to alice");
        fixture.Respond(200);
        await fixture.RegisterAsync("bob");
        Assert.Contains("text m1", await fixture.NextLineAsync(), StringComparison.Ordinal);
        fixture.Respond(415);
        Assert.Equal("Failed m1 to alice", await fixture.NextLineAsync());
        fixture.Respond(200);

        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 0);
        Assert.Equal((1, 1, 0), (fixture.Server.Counters.ReportedFailed, fixture.Server.Counters.ReportedStored, fixture.Server.Counters.ReportsDropped));
    }

    [Fact]
    public async Task A_message_that_expires_while_the_server_is_down_is_reported_when_it_is_up_again_and_once()
    {
        await using var fixture = await StartedAsync();
        await SendAsync(fixture, "m1", Failures, expires: 10);
        await fixture.Server.DisposeAsync();
        fixture.Clock.Advance(TimeSpan.FromSeconds(20));

        await fixture.StartAsync();
        await fixture.UntilAsync(() => fixture.Server.Counters.ReportedError == 1);
        await fixture.Server.DisposeAsync();

        await fixture.StartAsync();
        await fixture.RegisterAsync("alice");
        Assert.Equal("Error m1 to alice", await fixture.NextLineAsync());
        fixture.Respond(200);
        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 0);
        Assert.Equal(0, fixture.Server.Counters.ReportedError);
    }

    [Fact]
    public async Task A_report_that_the_disk_does_not_take_keeps_its_message_and_survives_the_crash_in_between()
    {
        await using var fixture = new MailboxServerFixture();
        var store = new ReportRefusingStore(Open(fixture));
        fixture.Settings = fixture.Settings with { Store = store };
        await fixture.StartAsync();
        await SendAsync(fixture, "m1", Failures, expires: 10);
        fixture.Clock.Advance(TimeSpan.FromSeconds(20));
        await fixture.UntilAsync(() => store.Refused > 1);
        Assert.Equal((1, 0), (fixture.Server.Counters.DroppedExpired, fixture.Server.Counters.ReportedFailed));

        await fixture.Server.DisposeAsync();
        fixture.Settings = fixture.Settings with { Store = null };
        await fixture.StartAsync();

        // The 200 waits for the disk, so that the report may come before it.
        string[] lines = [await fixture.RegisterAsync("alice"), await fixture.NextLineAsync()];
        Assert.Contains("Error m1 to alice", lines);
        fixture.Respond(200);
        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 0);
    }

    [Fact]
    public async Task A_sender_of_another_domain_gets_no_report_and_its_message_goes_all_the_same()
    {
        await using var fixture = await StartedAsync();
        var id = fixture.Send(
            "MESSAGE", "sip:bob@ims.example", "sip:bob@ims.example",
            "P-Asserted-Identity: <sip:eve@elsewhere.example>\r\nExpires: 10\r\nContent-Type: message/cpim\r\n",
            "From: <sip:eve@elsewhere.example>\r\nNS: i <urn:ietf:params:imdn>\r\ni.Message-ID: m1\r\ni.Disposition-Notification: negative-delivery\r\n\r\n\r\nhi");
        Assert.Equal($"202 {id}", await fixture.NextLineAsync());
        fixture.Clock.Advance(TimeSpan.FromSeconds(20));

        await fixture.UntilAsync(() => fixture.Server.Counters.Backlog == 0);
        Assert.Equal((1, 0), (fixture.Server.Counters.ReportsDropped, fixture.Server.Counters.ReportedFailed));
    }

    private static async Task<MailboxServerFixture> StartedAsync()
    {
        var fixture = new MailboxServerFixture();
        await fixture.StartAsync();
        return fixture;
    }

    private static async Task SendAsync(MailboxServerFixture fixture, string id, string requests, int expires, string? and = null)
    {
        var callId = fixture.MessageAsking("bob", id, requests, expires);
        Assert.Equal($"202 {callId}", await fixture.NextLineAsync());
        if (and is not null)
        {
            Assert.Equal(and, await fixture.NextLineAsync());
        }
    }

    private static MailboxStore Open(MailboxServerFixture fixture)
    {
        Assert.True(MailboxStore.TryOpen(new SqliteMailboxStoreSettings { Path = fixture.DatabasePath }, out var store, out var problem), problem);
        return store!;
    }

    /// <summary>A disk that is full whenever a report comes.</summary>
    private sealed class ReportRefusingStore(IMailboxStore inner) : IMailboxStore
    {
        private int _refused;

        public int Refused => Volatile.Read(ref _refused);

        public MailboxStoreRecovery Recovery => inner.Recovery;

        public long Commits => inner.Commits;

        public long FailedCommits => inner.FailedCommits;

        public string? Problem => inner.Problem;

        public bool TryAppend(MailboxRecord record, IMailboxStoreClient client)
        {
            if (record.Replaces == 0)
            {
                return inner.TryAppend(record, client);
            }

            Interlocked.Increment(ref _refused);
            return false;
        }

        public void Remove(long arrival) => inner.Remove(arrival);

        public void Read(string recipient, MailboxRead read, IMailboxStoreClient client) => inner.Read(recipient, read, client);

        public void SetPresence(string recipient, bool online) => inner.SetPresence(recipient, online);

        public IAsyncEnumerable<MailboxRecord> ReadAllAsync(CancellationToken cancellation) => inner.ReadAllAsync(cancellation);

        public Task<DateTimeOffset?> FindOldestAsync() => inner.FindOldestAsync();

        public Task FlushAsync() => inner.FlushAsync();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
