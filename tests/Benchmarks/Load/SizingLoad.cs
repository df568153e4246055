using UeFarm.Actors.Sizing;
using UeFarm.Actors.Traffic;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Benchmarks.Load;

/// <summary>P9, P11: the rank tracker per message and per timestamp kept, and scenarios in virtual time, in CPU time; medians of five and of three.</summary>
internal static class SizingLoad
{
    private const int Rounds = 5;
    private const int MessagesPerRound = 2_000_000;

    public static void Run()
    {
        Table.Head("Overtake rank tracker", "ns per message", "bytes/key");
        foreach (var (name, messages) in ((string, int)[])[("in order", 41_666), ("nearly in order", 41_666), ("random", 41_666), ("in order", 10_000_000), ("random", 10_000_000)])
        {
            var keys = Keys(name, messages);
            var times = new double[Rounds];
            var bytes = 0.0;
            var trackers = Math.Max(1, MessagesPerRound / messages);
            for (var round = -1; round < Rounds; round++)
            {
                var start = Environment.CpuUsage.TotalTime;
                for (var i = 0; i < trackers; i++)
                {
                    bytes = (double)Observe(keys).MemoryBytes / messages;
                }

                // The first round warms up.
                times[Math.Max(0, round)] = (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / ((long)messages * trackers);
            }

            Table.Row($"{name}, {messages:N0}", Table.Median(times), bytes);
        }

        Table.Head("Overtake rank tracker of one phone, in order", "bytes");
        foreach (var messages in (int[])[1, 10, 100, 1000])
        {
            Table.Row($"{messages} messages", Observe(Keys("in order", messages)).MemoryBytes);
        }

        Table.Head("Virtual time, 1,000 phones, a day, 20 messages a second", "messages", "per CPU-second");
        foreach (var (name, mailbox) in ((string, MailboxSettings)[])[("behind the drain", new()), ("bypassing it", new() { LiveBypassesDrain = true })])
        {
            var times = new double[3];
            var messages = 0L;
            for (var round = 0; round < times.Length; round++)
            {
                var start = Environment.CpuUsage.TotalTime;
                messages = new SizingRun(Settings(mailbox)).Play(null, CancellationToken.None).Due;
                times[round] = messages / (Environment.CpuUsage.TotalTime - start).TotalSeconds;
            }

            Table.Row(name, messages, Table.Median(times));
        }
    }

    private static OvertakeRankTracker Observe(ulong[] keys)
    {
        var tracker = new OvertakeRankTracker();
        foreach (var key in keys)
        {
            tracker.Observe(key);
        }

        return tracker;
    }

    private static ulong[] Keys(string order, int count)
    {
        var random = new SeededRandomSource(1);
        var keys = new ulong[count];
        for (var i = 0; i < count; i++)
        {
            keys[i] = order switch
            {
                "random" => random.NextUInt64(),
                "nearly in order" => ((ulong)i << 8) + (random.NextUInt64() % (100 << 8)),
                _ => (ulong)i,
            };
        }

        return keys;
    }

    private static SizingSettings Settings(MailboxSettings mailbox) => new()
    {
        Phones = 1000,
        Seed = 1,
        Traffic = new TrafficPlan { RatePerSecond = 20 },
        Mailbox = mailbox,
        Phases =
        [
            new PhasePlan { Name = "away", Duration = TimeSpan.FromHours(12), GoOffline = 300, Within = TimeSpan.FromHours(1) },
            new PhasePlan { Name = "back", Duration = TimeSpan.FromHours(12), GoOnline = 300, Within = TimeSpan.FromHours(1) },
        ],
    };
}
