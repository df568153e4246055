using UeFarm.Actors.Cluster;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Traffic;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Actors.Tests.Cluster;

public sealed class BlockMemoryTests
{
    private const int First = 20;
    private static readonly ReplayCacheSettings Cache = new() { CapacityEntries = 8 };

    [Theory]
    [InlineData(ReplayPolicy.Modified)]
    [InlineData(ReplayPolicy.PerSender)]
    public void A_restored_phone_judges_every_message_as_it_would_have_without_the_move(ReplayPolicy policy)
    {
        // More senders than parts: some share one.
        var cache = Cache with { Policy = policy, SenderPartitions = 3 };
        var random = new SeededRandomSource(5);
        for (var history = 0; history < 500; history++)
        {
            var phone = new Subscribers(DigestAlgorithm.Md5).ProfileOf(history);
            var original = NewPhone.FlashOf(phone, cache).ReplayCache ?? ReplayCaches.Create(cache, random);
            var memory = Memory(phone, cache);
            var seen = new List<ReplayEntry>();
            for (var step = 0; step < 40; step++)
            {
                var entry = seen.Count > 0 && random.NextBelow(4) == 0 ? seen[random.NextBelow(seen.Count)] : Entry(random);
                seen.Add(entry);
                if (original.CheckAndInsert(entry, ulong.MaxValue >> 1) == ReplayVerdict.Accepted)
                {
                    memory.Apply(Received(entry, ReceiveOutcome.Accepted));
                }
                else
                {
                    memory.Apply(Received(entry, ReceiveOutcome.Stale));
                }
            }

            var restored = memory.Flash[3]!.ReplayCache!;
            Assert.Equal(original.Count, restored.Count);
            foreach (var entry in seen.Append(Entry(random)))
            {
                Assert.Equal(original.Peek(entry, ulong.MaxValue >> 1), restored.Peek(entry, ulong.MaxValue >> 1));
            }
        }
    }

    [Fact]
    public void Timestamps_and_sequence_numbers_only_grow()
    {
        var memory = Memory();
        memory.Apply(new RunFact(RunFactKind.MessageSent, 1, First, 7, Timestamp: NtpTimestamp.FromOrderKey(500)));
        memory.Apply(new RunFact(RunFactKind.ReportSent, 1, First, 7, Timestamp: NtpTimestamp.FromOrderKey(400)));
        memory.Apply(new RunFact(RunFactKind.Registered, 1, First, Token: 96));
        memory.Apply(new RunFact(RunFactKind.Registered, 1, First, Token: 64));
        Assert.Equal(500u, memory.Flash[0]!.LastSent.OrderKey);
        Assert.Equal(96u, memory.Flash[0]!.SqnMs);
        Assert.Null(memory.Flash[1]);
    }

    [Fact]
    public void Who_had_a_binding_and_what_has_no_end_is_known()
    {
        var memory = Memory();
        memory.Apply(new RunFact(RunFactKind.Registered, 1, First));
        memory.Apply(new RunFact(RunFactKind.Registered, 1, First + 1));
        memory.Apply(new RunFact(RunFactKind.WentOffline, 2, First));
        memory.Apply(new RunFact(RunFactKind.Due, 3, First + 1, 10));
        memory.Apply(new RunFact(RunFactKind.Due, 3, First + 1, 11));
        memory.Apply(new RunFact(RunFactKind.Due, 3, First + 1, 12));
        memory.Apply(new RunFact(RunFactKind.MessageAnswered, 4, First + 1, 11, 202));
        memory.Apply(new RunFact(RunFactKind.MessageFailed, 4, First + 1, 12, Failure: SendFailure.Timeout));
        memory.Apply(new RunFact(RunFactKind.MessageFailed, 4, First + 1, 13, Failure: SendFailure.Crash));
        Assert.Equal(13, memory.NewestDue);
        Assert.Equal([First + 1], memory.Registered);
        Assert.Equal([(10L, First + 1)], memory.Open.Select(static open => (open.Key, open.Value)));
        Assert.Equal([true, true, true, true, false], new long[] { 10, 11, 12, 13, 14 }.Select(memory.WasDue));
    }

    [Fact]
    public void What_came_due_while_nobody_had_the_block_is_found_and_nothing_else()
    {
        var traffic = new TrafficPlan { RatePerSecond = 40 };
        PhasePlan[] phases = [new() { Name = "all", Duration = TimeSpan.FromSeconds(10) }];
        RunSchedule Schedule() => new(traffic, phases, 50, initiallyOnline: true, seed: 3);
        var sends = new List<ScheduledAction>();
        for (var schedule = Schedule(); schedule.TryNext(out var action);)
        {
            if (action.Kind == ScheduledActionKind.Send)
            {
                sends.Add(action);
            }
        }

        // Played by the first owner until message 100, by the second one from 250 on.
        var memory = Memory();
        for (var number = 0; number < 100; number++)
        {
            if (sends[number].Phone is >= First and < First + 10)
            {
                memory.Apply(new RunFact(RunFactKind.Due, 1, sends[number].Phone, number));
            }
        }

        var missed = MissedSends.Find(Schedule(), 250, First, 10, memory);
        var expected = Enumerable.Range(100, 150).Where(number => sends[number].Phone is >= First and < First + 10);
        Assert.NotEmpty(missed);
        Assert.Equal(expected.Select(number => ((long)number, sends[number].Phone)), missed);
    }

    private static BlockMemory Memory() => Memory(new Subscribers(DigestAlgorithm.Md5).ProfileOf(First), Cache);

    private static BlockMemory Memory(UeProfile phone, ReplayCacheSettings cache) =>
        new(First, 10, _ => NewPhone.FlashOf(phone, cache), cache, SystemRandomSource.Instance);

    private static ReplayEntry Entry(SeededRandomSource random)
    {
        var bytes = new byte[ReplayDigest.Length];
        random.Fill(bytes);
        return new ReplayEntry((ulong)random.NextBelow(60) << 32, ReplayDigest.Read(bytes)) { Sender = $"sip:ue{random.NextBelow(5)}@ims.example" };
    }

    private static RunFact Received(in ReplayEntry entry, ReceiveOutcome outcome) => new(
        RunFactKind.MessageReceived, 1, First + 3, Timestamp: NtpTimestamp.FromOrderKey(entry.OrderKey), Digest: entry.Digest, Outcome: outcome, Sender: entry.Sender);
}
