using UeFarm.Farm.Hosting;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Hosting;

/// <summary>The estimate by itself, and beside runs. Runs alone: it looks at the whole heap.</summary>
[Collection(WholeRuns.Name)]
public class MemoryEstimateTests
{
    private const int Cached = 32;

    private const string Talking = """
        version: 1
        name: talking
        clock: virtual
        subscribers: { count: 300, auth: { scheme: md5, secretsFrom: derived } }
        replayCache: { entries: 64 }
        traffic: { rate: 60/s, size: 40B-400B }
        phases:
          - { name: all, for: 200s }
        """;

    [Theory]
    [InlineData("ring")]
    [InlineData("uniform")]
    public async Task What_phones_and_books_keep_is_at_most_the_estimate_and_more_than_half_of_it(string pick)
    {
        // What any run takes, and what the first one leaves behind in the program, is no part of it.
        await PlayAsync("subscribers.count=2");
        var (least, _) = await PlayAsync("subscribers.count=2", "traffic.rate=1/m");
        var (heap, estimate) = await PlayAsync($"traffic.recipients.pick={pick}");

        Assert.InRange(heap - least, estimate.Alive / 2, estimate.Alive);
    }

    [Fact]
    public void Tickets_are_one_for_each_other_phone_in_either_direction_up_to_the_bound_of_the_caches()
    {
        // 100 phones, 300 messages: what is sent and received is all that there can be tickets for.
        var few = Of();
        var ring = Of("traffic.recipients.pick=ring", "traffic.rate=1000/s");
        var full = Of("traffic.rate=1000/s");

        Assert.Equal(3 / (double)Cached, few.Tickets / full.Tickets, 6);
        Assert.Equal(1 / (double)Cached, ring.Tickets / full.Tickets, 6);
        Assert.Equal(full.Tickets, Of("traffic.rate=2000/s").Tickets);
        Assert.Equal(full.Tickets / 10, Of("traffic.rate=1000/s", "subscribers.count=10").Tickets * Cached / 9, 3);
    }

    [Fact]
    public void Reports_take_tickets_of_their_own_and_long_runs_new_ones()
    {
        var ring = Of("traffic.recipients.pick=ring");
        var month = Of("traffic.recipients.pick=ring", "clock=virtual", "phases[1].for=30d", "traffic.rate=1/m");

        Assert.Equal(2, Of("traffic.recipients.pick=ring", "traffic.reports=all").Tickets / ring.Tickets, 6);
        Assert.Equal(0, Of("security.body=plain").Tickets);

        // Of the three tickets of a month the sender keeps the last, the recipient all.
        Assert.InRange(month.Tickets / ring.Tickets, 1.1, 3);
        Assert.Equal(ring.Tickets, Of("traffic.recipients.pick=ring", "clock=virtual", "phases[1].for=13d", "traffic.rate=1/m").Tickets);
    }

    [Fact]
    public void Where_few_are_written_to_by_all_the_others_keep_fewer_tickets()
    {
        var uniform = Of("traffic.rate=100/s");
        var zipf = Of("traffic.rate=100/s", "traffic.recipients.pick=zipf");

        Assert.InRange(zipf.Tickets / uniform.Tickets, 0.5, 0.99);
    }

    [Theory]
    [InlineData("subscribers.count=200")]
    [InlineData("traffic.rate=20/s")]
    [InlineData("traffic.reports=all")]
    [InlineData("security.sign=ecdsa-p256")]
    [InlineData("results.arrivals=true")]
    [InlineData("replayCache.policy=per-sender")]
    public void What_takes_memory_adds_to_the_estimate(string change)
    {
        var (less, more) = (Of(), Of(change));

        Assert.True(more.Total > less.Total, change);
        Assert.Equal(more.Phones + more.Tickets + more.ReplayCaches + more.Books + more.Mailboxes, more.Alive, 3);
        Assert.Equal(more.Base + (2 * more.Alive), more.Total, 3);
    }

    [Fact]
    public void What_waits_for_phones_that_are_away_is_counted_until_it_expires()
    {
        const string Outages = """
            version: 1
            name: outages
            clock: virtual
            subscribers: { count: 100 }
            applicationServer: { expiry: 50s }
            traffic: { rate: 10/s, size: 1B-500B }
            phases:
              - { name: away, offline: 40%, for: 100s }
              - { name: back, online: all, for: 100s }
              - { name: quiet, for: 200s }
              - { name: away-again, offline: 20%, for: 200s }
            """;
        const double BytesEach = 2000;

        // 10/s for 50 s to 40 of 100 phones, or for 150 s, or for as long as there are outages.
        Assert.Equal(200 * BytesEach, MailboxesOf("applicationServer.expiry=50s"), 3);
        Assert.Equal(600 * BytesEach, MailboxesOf("applicationServer.expiry=150s"), 3);
        Assert.Equal(1200 * BytesEach, MailboxesOf("applicationServer.expiry=1d"), 3);

        // In real time they are in the store, and no more than a page of each mailbox in memory.
        Assert.Equal(1200 * BytesEach, MailboxesOf("applicationServer.expiry=1d", "clock=real"), 3);
        Assert.Equal(1600 * BytesEach, MailboxesOf("applicationServer.expiry=1d", "clock=real", "traffic.rate=100/s"), 3);
        Assert.Equal(0, MailboxesOf("target.as=external", "clock=real", "target.core=sip:127.0.0.1:5060"));

        static double MailboxesOf(params string[] overrides) => RunPlan.Of(Samples.Scenario(Outages, overrides)).Memory.Mailboxes;
    }

    private static MemoryEstimate Of(params string[] overrides) => RunPlan.Of(Samples.Scenario(Samples.Minimal, overrides)).Memory;

    private static async Task<(double Heap, MemoryEstimate Estimate)> PlayAsync(params string[] overrides)
    {
        using var folder = new TemporaryFolder();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (run, scenario, _) = await PlayedRun.StartAsync(folder, Talking, overrides);
        await using (run)
        {
            await run.RunAsync(TestContext.Current.CancellationToken);
            return (GC.GetTotalMemory(forceFullCollection: true) - before, RunPlan.Of(scenario).Memory);
        }
    }
}
