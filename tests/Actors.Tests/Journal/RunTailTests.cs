using System.Globalization;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Run;
using UeFarm.Protocol;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Actors.Tests.Journal;

public sealed class RunTailTests
{
    private const int PhonesOfBlock = 4;
    private static readonly long Second = TimeSpan.TicksPerSecond;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly List<RunFact> _given = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 200)]
    [InlineData(3, 0)]
    public void Books_from_the_streams_of_many_owners_are_those_of_one_process(int phases, int clockErrorMs)
    {
        var seen = new long[4];
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var counters = CompareAsync(seed, phases, clockErrorMs).GetAwaiter().GetResult();
                Interlocked.Add(ref seen[0], counters.OrderViolations);
                Interlocked.Add(ref seen[1], counters.ReportsContradicting);
                Interlocked.Add(ref seen[2], counters.ReportsRefused);
                Interlocked.Add(ref seen[3], counters.Redelivered);
            },
            iter: 40);
        Assert.DoesNotContain(0, seen); // the runs had what can go wrong
    }

    [Fact]
    public async Task Nothing_is_given_before_all_expected_streams_are_complete_and_recipients_come_after_senders()
    {
        var journal = new MemoryRunJournal(_time) { AppendDelay = TimeSpan.FromMilliseconds(100) };
        var tail = new RunTail(journal, new RunTailSettings { Expected = [0, 1], Slack = TimeSpan.FromSeconds(1) });
        var claim = await journal.ClaimAsync(0, "node-a", Cancellation);
        var start = _time.GetUtcNow().UtcTicks;
        journal.TryAppend(claim, new RunFact(RunFactKind.MessageReceived, start, 0));
        journal.TryAppend(claim, new RunFact(RunFactKind.MessageSent, start + (Second / 2), 0));
        _time.Advance(TimeSpan.FromSeconds(5));
        await tail.AdvanceAsync(Give, Cancellation);
        Assert.Equal((0, long.MinValue, 0), (_given.Count, tail.WatermarkTicks, tail.Held));

        var late = await journal.ClaimAsync(1, "node-b", Cancellation);
        journal.TryAppend(late, new RunFact(RunFactKind.MessageAnswered, start + (Second * 5), 5));
        await tail.AdvanceAsync(Give, Cancellation);
        Assert.Equal([RunFactKind.Claimed, RunFactKind.MessageSent, RunFactKind.MessageReceived], _given.Select(static fact => fact.Kind));
        Assert.Equal((start + (Second * 5) - (Second / 10), 2), (tail.WatermarkTicks, tail.Held));

        journal.Kill("node-a");
        _time.Advance(TimeSpan.FromSeconds(5));
        await tail.AdvanceAsync(Give, Cancellation);
        Assert.Equal(2, tail.Held);
        await journal.ClaimAsync(0, "node-b", Cancellation);
        await tail.AdvanceAsync(Give, Cancellation);
        Assert.Equal(0, tail.Held - 1); // the last claim is of this moment
        await tail.FinishAsync(Give, Cancellation);
        Assert.Equal(6, _given.Count);
        Assert.Equal(RunFactKind.Claimed, _given[^1].Kind);
    }

    [Fact]
    public async Task A_long_history_is_read_without_holding_it()
    {
        const int facts = 20_000;
        var journal = new MemoryRunJournal(_time);
        var tail = new RunTail(journal, new RunTailSettings { PageBatches = 4 });
        var claims = new List<StreamClaim>();
        for (var stream = 0; stream < 4; stream++)
        {
            claims.Add(await journal.ClaimAsync(stream, "node-a", Cancellation));
        }

        var start = _time.GetUtcNow().UtcTicks;
        for (var i = 0; i < facts; i++)
        {
            journal.TryAppend(claims[i % 4], new RunFact(i % 2 == 0 ? RunFactKind.Due : RunFactKind.WentOffline, start + (i * Second / 100), 0, i));
        }

        _time.Advance(TimeSpan.FromHours(1));
        var most = 0;
        await tail.AdvanceAsync(
            (in RunFact fact) =>
            {
                most = Math.Max(most, tail.Held);
                _given.Add(fact);
            },
            Cancellation);
        Assert.Equal(facts + 4, _given.Count);
        Assert.InRange(most, 1, 400); // 100 facts a second, the slack on both sides, and a page of each stream
    }

    [Fact]
    public async Task After_a_failure_of_the_journal_nothing_is_lost_or_given_twice()
    {
        var journal = new MemoryRunJournal(_time);
        var claim = await journal.ClaimAsync(0, "node-a", Cancellation);
        var unreliable = new UnreliableJournal(journal);
        var tail = new RunTail(unreliable, new RunTailSettings { PageBatches = 3 });
        for (var i = 0; i < 50; i++)
        {
            journal.TryAppend(claim, new RunFact(RunFactKind.Due, _time.GetUtcNow().UtcTicks, 0, i));
        }

        _time.Advance(TimeSpan.FromSeconds(10));
        var failures = 0;
        while (_given.Count < 51)
        {
            try
            {
                await tail.AdvanceAsync(Give, Cancellation);
            }
            catch (IOException)
            {
                failures++;
            }
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(static i => (long)i), _given.Skip(1).Select(static fact => fact.Token));
        Assert.True(failures > 3);
    }

    [Fact]
    public void Books_open_what_is_due_played_or_not_and_refuse_facts_of_another_schedule()
    {
        var run = new GeneratedRun(seed: 1);
        var recorder = run.CreateRecorder();
        var books = new RunBooks(recorder, run.CreateSchedule(), run.Start);
        Assert.Equal(0, recorder.Ledger.Count);
        books.OpenUntil(run.Start + TimeSpan.FromSeconds(4));
        Assert.Equal(run.Opened.Count(message => message.Due <= run.Start + TimeSpan.FromSeconds(4)), recorder.Ledger.Count);
        Assert.Equal(recorder.Ledger.Count, recorder.Counters.InFlight);

        var opened = recorder.Ledger.Count;
        books.EndAt(run.Start + TimeSpan.FromSeconds(4));
        books.OpenUntil(Instant.Never);
        Assert.Equal(opened, recorder.Ledger.Count);
        books.Record(new RunFact(RunFactKind.Due, 0, 0, run.Opened.Count - 1));
        Assert.Equal(run.Opened.Count, recorder.Ledger.Count);
        Assert.Equal(run.Opened.Select(static message => message.Recipient), Enumerable.Range(0, run.Opened.Count).Select(number => recorder.Ledger.Read(number).Recipient));
        var failure = Assert.Throws<InvalidDataException>(() => books.Record(new RunFact(RunFactKind.MessageSent, 0, 0, run.Opened.Count)));
        Assert.Contains("another scenario or seed", failure.Message, StringComparison.Ordinal);
    }

    private void Give(in RunFact fact) => _given.Add(fact);

    private static async Task<RunCounters> CompareAsync(int seed, int phases, int clockErrorMs)
    {
        var run = new GeneratedRun(seed, phases);
        var random = new Random(seed);
        var time = new FakeTimeProvider(new DateTimeOffset(run.Start.Ticks, TimeSpan.Zero) - TimeSpan.FromSeconds(10));
        var journal = new MemoryRunJournal(time) { AppendDelay = TimeSpan.FromMilliseconds(clockErrorMs + 100), IsHeld = true };
        int[] streams = [RunStreams.Conductor, RunStreams.ApplicationServerOf(0), .. Enumerable.Range(0, GeneratedRun.Phones / PhonesOfBlock)];
        var claims = new Dictionary<int, (StreamClaim Claim, TimeSpan ClockError)>();
        var recorder = run.CreateRecorder();
        var books = new RunBooks(recorder, run.CreateSchedule(), run.Start);
        var tail = new RunTail(journal, new RunTailSettings { Expected = streams, PageBatches = random.Next(1, 5) });
        var direct = run.CreateRecorder();
        foreach (var (sender, recipient, due) in run.Opened)
        {
            direct.Open(sender, recipient, due);
        }

        var given = 0;
        void Take(in RunFact fact)
        {
            given++;
            books.Record(fact);
        }

        async Task ClaimAsync(int stream)
        {
            var clockError = TimeSpan.FromMilliseconds(random.Next(-clockErrorMs, clockErrorMs + 1));
            claims[stream] = (await journal.ClaimAsync(stream, "node", Cancellation), clockError);
        }

        foreach (var stream in streams)
        {
            await ClaimAsync(stream);
        }

        foreach (var happened in run.Facts)
        {
            time.SetUtcNow(new DateTimeOffset(Math.Max(happened.Ticks, time.GetUtcNow().UtcTicks), TimeSpan.Zero));
            var stream = happened.Kind switch
            {
                RunFactKind.FoundStored => RunStreams.Conductor,
                RunFactKind.Dropped => RunStreams.ApplicationServerOf(0),
                _ => happened.Phone / PhonesOfBlock,
            };
            var fact = happened with { Ticks = happened.Ticks + claims[stream].ClockError.Ticks };
            direct.Ranks.EnterPhase(run.PhaseAt(happened.Ticks));
            direct.Record(fact);
            Assert.True(journal.TryAppend(claims[stream].Claim, fact));
            switch (random.Next(40))
            {
                case < 10:
                    journal.Release(streams[random.Next(streams.Length)], random.Next(1, 30));
                    break;
                case 10:
                    journal.Release(stream);
                    await ClaimAsync(stream);
                    break;
                case 11:
                    Array.ForEach(streams, each => journal.Release(each));
                    await tail.AdvanceAsync(Take, Cancellation);
                    break;
                case 12:
                    await tail.AdvanceAsync(Take, Cancellation);
                    break;
            }
        }

        Array.ForEach(streams, each => journal.Release(each));
        await tail.AdvanceAsync(Take, Cancellation);
        Assert.InRange(given, run.Facts.Count / 2, int.MaxValue);
        await tail.FinishAsync(Take, Cancellation);
        books.OpenUntil(Instant.Never);
        Assert.Equal(Summary(direct), Summary(recorder));
        return direct.Counters;
    }

    private static IEnumerable<string> Summary(RunRecorder recorder)
    {
        var totals = recorder.Ledger.Close(canSeeStore: true);
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{totals.Sent} {totals.Accepted} {totals.Expired} {totals.Stored} {totals.Unaccounted} {totals.PromisesBroken} {totals.AcceptedTwice}");
        yield return string.Join(' ', totals.RejectedByReason.OrderBy(static entry => entry.Key));
        yield return string.Join(' ', totals.FailedByReason.OrderBy(static entry => entry.Key));
        yield return recorder.TotalReports().ToString();
        foreach (var counter in typeof(RunCounters).GetProperties())
        {
            yield return $"{counter.Name} {counter.GetValue(recorder.Counters)}";
        }

        yield return string.Join(' ', Enum.GetValues<ReceiveOutcome>().Select(recorder.Counters.Received));
        yield return string.Join(' ', Enum.GetValues<FailureReason>().Select(recorder.Counters.Failed));
        yield return string.Join(' ', Enum.GetValues<ImdnStatus>().Select(recorder.Counters.Reports));
        foreach (var kind in Enum.GetValues<AttackKind>())
        {
            yield return $"{kind} {recorder.Counters.AttacksSent(kind)} "
                + string.Join(' ', Enum.GetValues<ReceiveOutcome>().Select(outcome => recorder.Counters.AttackOutcomes(kind, outcome)));
        }

        foreach (var latency in (LatencyRecorder[])[recorder.Delivery, recorder.Age, recorder.Answer, recorder.Handover, recorder.Registration, recorder.Lag])
        {
            yield return $"{latency.Summarize()} {string.Join(' ', latency.Counts())}";
        }

        foreach (var phase in recorder.Ranks.ByPhase())
        {
            yield return string.Join(' ', phase.Ranks);
        }

        foreach (var phone in recorder.TakeArrivals().GroupBy(static arrival => arrival.Phone).OrderBy(static group => group.Key))
        {
            yield return string.Join(' ', phone);
        }

        yield return $"{recorder.RegisteredPhones}";
    }

    /// <summary>Every other question fails.</summary>
    private sealed class UnreliableJournal(IRunJournal journal) : IRunJournal
    {
        private int _questions;

        public Task<StreamClaim> ClaimAsync(int stream, string owner, CancellationToken cancellation) => journal.ClaimAsync(stream, owner, cancellation);

        public bool TryAppend(StreamClaim claim, in RunFact fact, IRunJournalClient? client = null, long token = 0) => journal.TryAppend(claim, fact, client, token);

        public Task<IReadOnlyList<JournalBatch>> ReadAsync(int stream, long after, int most, CancellationToken cancellation) =>
            _questions++ % 2 == 0 ? throw new IOException("lost") : journal.ReadAsync(stream, after, most, cancellation);

        public Task<IReadOnlyList<StreamState>> ListAsync(CancellationToken cancellation) => journal.ListAsync(cancellation);

        public ValueTask DisposeAsync() => journal.DisposeAsync();
    }
}
