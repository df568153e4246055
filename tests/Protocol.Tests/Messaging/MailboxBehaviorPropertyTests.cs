using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>Random histories against a naive model: a sorted set of what was answered 202 and has not left.</summary>
public class MailboxBehaviorPropertyTests
{
    private static readonly int[] Results = [200, 200, 200, 200, 200, 200, 0, 480, 503, 415, 603];

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(3, false, false)]
    [InlineData(1, true, false)]
    [InlineData(1, false, true)]
    [InlineData(3, false, true)]
    [InlineData(1, true, true)]
    public void Random_histories_lose_nothing_keep_the_order_and_the_window(int window, bool bypass, bool limited)
    {
        for (ulong seed = 1; seed <= 400; seed++)
        {
            try
            {
                Run(new SeededRandomSource(seed), window, bypass, limited);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}, window {window}, bypass {bypass}, limited {limited}", failure);
            }
        }
    }

    private static void Run(SeededRandomSource random, int window, bool bypass, bool limited)
    {
        var settings = new MailboxSettings
        {
            Window = window,
            LiveBypassesDrain = bypass,
            PageRecords = 4,
            MaxMessages = 60,
            BackOffCap = TimeSpan.FromSeconds(20),
            NeedsTurns = limited,
            DrainInterval = limited ? TimeSpan.FromMilliseconds(300) : TimeSpan.Zero,
        };
        var mailbox = new MailboxHarness(settings, seed: random.NextUInt64()) { StoreRuns = false };
        var sent = new HashSet<long>();
        var delivered = new HashSet<long>();
        mailbox.OnDeliver = record =>
        {
            delivered.Add(record.Arrival);
            Assert.DoesNotContain(mailbox.Log, line => line.StartsWith($"dropped {record.Arrival} ", StringComparison.Ordinal));
            if (!mailbox.Answers.ContainsKey(record.Arrival))
            {
                // Its sender still waits: forwarded, not drained.
                Assert.True(bypass || mailbox.InFlight.Count == 0, "forwarded although something was under way");
                return;
            }

            Assert.True(bypass || mailbox.InFlight.Count < window, "window exceeded");
            Assert.True(record.ExpiresAt > mailbox.UtcNow, "delivered after its expiry");
            var older = mailbox.Durable.Values.Where(held =>
                held.Position < record.Position
                && mailbox.Answers.GetValueOrDefault(held.Arrival) == 202
                && !mailbox.InFlight.Contains(held.Arrival)
                && !mailbox.Log.Contains($"remove {held.Arrival}")
                && !mailbox.Log.Contains($"dropped {held.Arrival} expired")
                && !mailbox.Log.Contains($"dropped {held.Arrival} permanent")
                && !mailbox.Log.Contains($"dropped {held.Arrival} purged"));
            Assert.Empty(older);
        };
        mailbox.Begin();
        for (var step = 0; step < 250; step++)
        {
            Step(mailbox, random, sent);
            Assert.Equal(mailbox.Behavior.InFlight, mailbox.InFlight.Count);
        }

        // Everything comes to rest: the store works, the phone is there and takes everything.
        mailbox.StoreFails = mailbox.ReadsFail = false;
        mailbox.ServerIsFull = null;
        for (var round = 0; round < 2000 && !mailbox.Behavior.IsIdle; round++)
        {
            mailbox.RunStore();
            if (!mailbox.Behavior.IsOnline)
            {
                mailbox.Register();
            }

            foreach (var arrival in mailbox.InFlight.ToArray())
            {
                mailbox.Result(arrival, 200);
            }

            foreach (var arrival in mailbox.Reports.Keys.ToArray())
            {
                mailbox.Reported(arrival, 202);
            }

            if (mailbox.TurnsAsked > 0)
            {
                mailbox.GiveTurn();
            }

            mailbox.Advance(TimeSpan.FromSeconds(1));
        }

        mailbox.RunStore();
        Assert.True(mailbox.Behavior.IsIdle);
        Assert.Empty(mailbox.Durable);
        Assert.Equal(0, mailbox.Behavior.StoredCount);
        AssertReports(mailbox, delivered);
        Assert.Equal(sent.Count, mailbox.Answers.Count);
        Assert.Equal(0, mailbox.Count(MailboxFact.OrderViolation));
        Assert.Equal(mailbox.Answers.Values.Count(status => status == 202), mailbox.Count(MailboxFact.Stored));
        Assert.Equal(
            mailbox.Count(MailboxFact.Stored),
            mailbox.Count(MailboxFact.Delivered) + mailbox.Count(MailboxFact.DroppedPermanent) + mailbox.Count(MailboxFact.DroppedExpired)
            + mailbox.Count(MailboxFact.DroppedPurged));
        Assert.Equal(
            sent.Count,
            mailbox.Count(MailboxFact.ForwardedLive) + mailbox.Count(MailboxFact.RelayedFailure) + mailbox.Count(MailboxFact.Stored)
            + mailbox.Count(MailboxFact.RefusedQuota) + mailbox.Count(MailboxFact.RefusedServerQuota) + mailbox.Count(MailboxFact.RefusedStorage)
            + mailbox.Count(MailboxFact.RefusedExpired));
    }

    /// <summary>Who asked hears of every drop and of nothing else, once, and of "failed" only where the phone cannot have the message.</summary>
    private static void AssertReports(MailboxHarness mailbox, HashSet<long> delivered)
    {
        var dropped = mailbox.Log.Where(static line => line.StartsWith("dropped ", StringComparison.Ordinal)).ToList();
        var reported = mailbox.Count(MailboxFact.ReportedFailed) + mailbox.Count(MailboxFact.ReportedError) + mailbox.Count(MailboxFact.ReportDropped);
        var asking = dropped.Where(static line => IsAsking(ArrivalIn(line))).ToList();
        Assert.Equal(asking.Count, reported);
        var reports = mailbox.Log.Where(static line => line.StartsWith("report ", StringComparison.Ordinal) && !line.EndsWith("Stored", StringComparison.Ordinal));
        foreach (var report in reports)
        {
            var arrival = ArrivalIn(report);
            var end = dropped.Single(line => ArrivalIn(line) == arrival);
            Assert.True(IsAsking(arrival));
            Assert.True(mailbox.Log.IndexOf(end) < mailbox.Log.IndexOf(report));
            if (report.EndsWith("Failed", StringComparison.Ordinal) && !end.EndsWith("permanent", StringComparison.Ordinal))
            {
                Assert.DoesNotContain(arrival, delivered);
            }
        }

        static long ArrivalIn(string line) => long.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static bool IsAsking(long arrival) => arrival % 3 == 0;

    private static void Step(MailboxHarness mailbox, SeededRandomSource random, HashSet<long> sent)
    {
        switch (random.NextUInt64() % 64)
        {
            case <= 19:
                var expiresIn = (random.NextUInt64() % 4) == 0 ? TimeSpan.FromSeconds(random.NextUInt64() % 40) : (TimeSpan?)null;
                mailbox.Requests = IsAsking(sent.Count + 1) ? DispositionRequests.NegativeDelivery | DispositionRequests.Processing : DispositionRequests.None;
                sent.Add(mailbox.Arrive(random.NextUInt64() % 20, expiresIn));
                break;
            case 36 or 37 when mailbox.Reports.Count > 0:
                var results = new[] { 202, 202, 200, 503, 404 };
                mailbox.Reported(mailbox.Reports.Keys.First(), results[random.NextUInt64() % 5]);
                break;
            case 38 or 39 when mailbox.TurnsAsked > 0:
                mailbox.GiveTurn();
                break;
            case <= 39:
                mailbox.RunStore((int)(random.NextUInt64() % 4));
                break;
            case >= 40 and <= 51 when mailbox.InFlight.Count > 0:
                mailbox.Result(
                    mailbox.InFlight[(int)(random.NextUInt64() % (ulong)mailbox.InFlight.Count)], Results[random.NextUInt64() % (ulong)Results.Length]);
                break;
            case >= 48 and <= 51 when mailbox.TurnsAsked > 0:
                mailbox.GiveTurn();
                break;
            case >= 52 and <= 55:
                mailbox.Register((random.NextUInt64() % 3) != 0);
                break;
            case >= 56 and <= 58:
                mailbox.StoreFails = (random.NextUInt64() % 8) == 0;
                mailbox.ServerIsFull = (random.NextUInt64() % 8) == 0 ? MailboxFact.RefusedServerQuota : null;
                mailbox.ReadsFail = (random.NextUInt64() % 8) == 0;
                break;
            case >= 59 and <= 61 when sent.Count > 0:
                var late = (long)(random.NextUInt64() % (ulong)sent.Count) + 1;
                if (!mailbox.InFlight.Contains(late))
                {
                    mailbox.Result(late, 200);
                }

                break;
            case 62:
                mailbox.Purge((mailbox.UtcNow - MailboxHarness.Start).TotalSeconds - (random.NextUInt64() % 8));
                break;
            default:
                mailbox.Advance(TimeSpan.FromMilliseconds(random.NextUInt64() % 3000));
                break;
        }
    }
}
