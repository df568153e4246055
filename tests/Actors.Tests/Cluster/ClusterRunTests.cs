using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Akka.Actor;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Core;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Metrics;
using UeFarm.Actors.Run;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Traffic;
using UeFarm.Protocol;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Actors.Tests.Cluster;

public sealed class ClusterRunTests : IAsyncLifetime
{
    private static readonly ClusterRole[] All = [ClusterRole.Ue, ClusterRole.Core, ClusterRole.ApplicationServer, ClusterRole.Kms, ClusterRole.Conductor];

    /// <summary>Of all nodes together.</summary>
    private static readonly AttackPlan Attacks = new(Enum.GetValues<AttackKind>().ToDictionary(static kind => kind, static kind => kind == AttackKind.Replay ? 40.0 : 5));

    private static readonly NodeNetwork Network = new(IPAddress.Loopback, new IPEndPoint(IPAddress.Loopback, 0));

    private readonly string _folder = Directory.CreateTempSubdirectory("uefarm-cluster-").FullName;
    private readonly TestCluster _cluster = new();
    private readonly List<ClusterNode> _nodes = [];
    private readonly List<ClusterFarm> _farms = [];
    private readonly List<ClusterMetrics> _metrics = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        foreach (var farm in _farms)
        {
            await farm.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Knobs_that_are_turned_give_one_schedule_on_all_nodes_and_in_the_books_also_after_another_conductor_took_over()
    {
        var factory = new TestRunFactory(
            _folder, [new PhasePlan { Name = "steady", Duration = TimeSpan.FromSeconds(16) }, new PhasePlan { Name = "end", Duration = TimeSpan.FromSeconds(4) }], rate: 20);
        for (var node = 0; node < 3; node++)
        {
            await StartAsync(factory);
        }

        await SubmitAsync(_farms[1], "60");
        var early = Assert.IsType<ClusterMessages.Refused>(await ChangeAsync(new() { Kind = RunChangeKind.Rate, By = "test", Factor = 2 }));
        Assert.Contains("no phase is played now", early.Reason, StringComparison.Ordinal);
        await TestCluster.UntilAsync(() => factory.Journal.CountOf(RunFactKind.Due) > 10);
        var rate = Assert.IsType<ClusterMessages.ConductorReply>(await ChangeAsync(new() { Kind = RunChangeKind.Rate, By = "test", RatePerSecond = 50 }));
        Assert.Equal(2.5, JsonSerializer.Deserialize(rate.Content, ConductorJson.Default.RunChange)!.Factor);
        Assert.IsType<ClusterMessages.ConductorReply>(await ChangeAsync(new() { Kind = RunChangeKind.Scale, By = "test", Phones = 40, Within = TimeSpan.FromSeconds(2) }));
        Assert.True(await _nodes[0].LeaveAsync(TestCluster.Patience));
        await TestCluster.UntilAsync(() => factory.Judged is not null);

        var (books, result, _) = factory.Judged!.Value;
        Assert.Equal(["rate x2.5", "40 phones online within 2 s"], result.Changes.Select(static change => change.What));
        Assert.Equal(SendsOf(books.Settings.CreateSchedule(result.Changes)), DueIn(books));
        Assert.NotEqual(SendsOf(books.Settings.CreateSchedule([])).Count, DueIn(books).Count);
        Assert.All(result.Invariants, static check => Assert.True(check.Holds, check.Evidence));
        Assert.Equal((result.Totals.Sent, 40), (result.Totals.Accepted + result.Totals.Failed + result.Totals.Stored, books.Recorder.RegisteredPhones));

        Task<object> ChangeAsync(RunChangeRequest request) => _farms[1].Conductor.Ask<object>(
            new ClusterMessages.ConductorQuery(ConductorVerb.Change, "", JsonSerializer.Serialize(request, ConductorJson.Default.RunChangeRequest)), TestCluster.Patience);
    }

    [Fact]
    public async Task Three_nodes_play_one_schedule_and_come_to_one_verdict()
    {
        var factory = Factory();
        for (var node = 0; node < 3; node++)
        {
            await StartAsync(factory);
        }

        var runId = await SubmitAsync(_farms[0], "100");
        var (books, result, nodes) = await JudgedAsync(factory);
        var counters = books.Recorder.Counters;

        // On a slow machine a phone may leave with a message in hand.
        Assert.Equal(result.Totals.Sent, result.Totals.Accepted + result.Totals.Failed);
        Assert.InRange(result.Totals.Failed, 0, counters.Failed(FailureReason.Offline));
        Assert.Equal(100, books.Recorder.RegisteredPhones);
        Assert.Equal(runId, (await factory.Runs.FindNewestAsync(TestContext.Current.CancellationToken))!.RunId);

        Assert.Equal(_nodes.Select(static node => node.Address).Order(StringComparer.Ordinal), nodes.Select(static node => node.Node));
        Assert.All(nodes, static node => Assert.True(node is { HasGone: false, Counters: { CpuMilliseconds: > 0, PeakBytes: > 0, HeapBytes: > 0 }, Memory.Count: > 2 }, node.Node));
        AssertTotals(result, books, nodes);

        AssertCourse(books, result);
        Assert.InRange(books.ReadCourse().Sum(static moment => moment.Lag.Count), result.Totals.Sent * 9 / 10, result.Totals.Sent);

        var status = Assert.IsType<ClusterMessages.ConductorReply>(await _farms[1].Conductor.Ask<object>(
            new ClusterMessages.ConductorQuery(ConductorVerb.Status, runId, ""), TestCluster.Patience, TestContext.Current.CancellationToken));
        var figures = JsonSerializer.Deserialize(status.Content, ConductorJson.Default.ConductorStatus)!.Figures!;
        Assert.Equal((result.Totals.Accepted, ReplayCacheNeed.Of(books.Recorder.Ranks)), (figures.Delivery.Samples, figures.ReplayCaches));

        // Added up over the nodes, each number is that of the result: the books' by one node, the nodes' own by all.
        var page = await ScrapeAsync();
        foreach (var (series, count) in (ReadOnlySpan<(string, long)>)
            [("uefarm_messages_sent_total", counters.Sent), ("uefarm_messages_due_total", result.Totals.Sent),
            ("uefarm_ledger_messages{outcome=\"accepted\"}", result.Totals.Accepted), ("uefarm_overtake_rank_count", result.Totals.Accepted),
            ("uefarm_delivery_seconds_count", result.Totals.Accepted), ("uefarm_messages_received_total{outcome=\"accepted\"}", result.Totals.Accepted)])
        {
            Assert.Equal((series, count, 1), (series, page[series].Sum(), page[series].Count(static value => value > 0)));
        }

        foreach (var (happened, count) in (ReadOnlySpan<(string, long)>)
            [("due", counters.Due), ("sent", counters.Sent), ("answered", counters.Answered), ("accepted", counters.Received(ReceiveOutcome.Accepted))])
        {
            var values = page[$"uefarm_node_messages_total{{event=\"{happened}\"}}"].ToList();
            Assert.Equal((happened, count, 3), (happened, values.Sum(), values.Count(static value => value > 0)));
        }

        Assert.Equal(result.Totals.Sent, page["uefarm_generator_lag_seconds_count"].Sum());
        Assert.Equal(books.Recorder.Counters.Registrations, page["uefarm_node_registrations_total"].Sum());
        Assert.Equal([3.0, 3.0, 3.0], page["uefarm_cluster_members{status=\"up\"}"]);
        Assert.Equal([3.0, 3.0, 3.0], page["uefarm_cluster_roles{role=\"core\"}"]);
        Assert.Equal(new UeBlocks(100).Count, page["uefarm_node_block_moves_total{kind=\"claimed\"}"].Sum());
        Assert.Single(page["uefarm_core_messages_routed_total"]);

        // The groups of mailboxes are on different nodes, and every message went through one of them.
        Assert.Equal(TestRunFactory.MailboxGroups, page["uefarm_as_received_total"].Count(static value => value > 0));
        Assert.InRange(page["uefarm_as_received_total"].Sum(), result.Totals.Accepted, counters.Sent);
        var streams = await factory.Journal.ListAsync(TestContext.Current.CancellationToken);
        var servers = streams.Where(static stream => RunStreams.TryGetGroup(stream.Stream, out _)).ToList();
        Assert.Equal(TestRunFactory.MailboxGroups, servers.Select(static stream => stream.Owner).Distinct().Count());
    }

    [Theory]
    [InlineData(PresenceSource.ThirdPartyRegister)]
    [InlineData(PresenceSource.RegEvent)]
    public async Task Everything_that_the_oldest_node_has_goes_on_elsewhere_when_it_leaves_and_what_phones_knew_is_known_there(PresenceSource presence)
    {
        var factory = Factory(isRich: true, Attacks, presence: presence, away: 8, back: 120);
        for (var node = 0; node < 3; node++)
        {
            await StartAsync(factory);
        }

        await SubmitAsync(_farms[1], "100");
        await TestCluster.UntilAsync(() => factory.Journal.CountOf(RunFactKind.Due) > 200);
        Assert.True(await _nodes[0].LeaveAsync(TestCluster.Patience));

        // However slow the machine is: the run goes on until phones that have moved were sent replays of what they had taken before, and all are back.
        await TestCluster.UntilAsync(
            () => MovedReplays.CountAsync(factory.Journal, TestContext.Current.CancellationToken), static moved => moved.Outcomes.Values.Sum() > 0);
        await TestCluster.UntilAsync(
            async () => factory.Journal.CountOf(RunFactKind.Due) > 500 && (await StatusAsync(_farms[1])).Registered == 100, static isTrue => isTrue);
        await AskAsync(_farms[1], ConductorVerb.Stop);
        var (books, result, nodes) = await JudgedAsync(factory, mostSent: int.MaxValue);
        Assert.True(result.IsStopped);
        Assert.Equal(100, books.Recorder.RegisteredPhones);
        Assert.Equal(0, result.Totals.Rejected);
        Assert.Equal(result.Totals.Sent, result.Totals.Accepted + result.Totals.Failed);
        Assert.InRange(result.Totals.Accepted, result.Totals.Sent / 4, result.Totals.Sent);
        AssertCourse(books, result);
        var run = await factory.Runs.FindNewestAsync(TestContext.Current.CancellationToken);
        Assert.Contains(run!.Notes!, note => note.Contains(_nodes[0].Address, StringComparison.Ordinal)
            && (note.Contains("left", StringComparison.Ordinal) || note.Contains("was gone by then", StringComparison.Ordinal)));

        Assert.Equal(_nodes.Skip(1).Select(static node => node.Address).Order(StringComparer.Ordinal), nodes.Where(static node => !node.HasGone).Select(static node => node.Node));

        // What was on the other nodes went on there, under its first claim.
        var streams = await factory.Journal.ListAsync(TestContext.Current.CancellationToken);
        Assert.Contains(streams, static stream => stream is { Stream: >= 0, Epoch: 1 });

        var counters = books.Recorder.Counters;
        Assert.InRange(counters.Reports(ImdnStatus.Delivered), 1, result.Totals.Accepted);
        Assert.Equal(0, counters.ReportsForeign);
        foreach (var kind in Enum.GetValues<AttackKind>())
        {
            var answered = Enum.GetValues<ReceiveOutcome>().Sum(outcome => counters.AttackOutcomes(kind, outcome));
            Assert.InRange(answered, 1, counters.AttacksSent(kind));
            Assert.InRange(counters.AttacksSent(kind), 1, 1.2 * Attacks.RateOf(kind) * result.PlayedFor.TotalSeconds);
        }

        var (outcomes, sent) = await MovedReplays.CountAsync(factory.Journal, TestContext.Current.CancellationToken);
        Assert.Equal([ReceiveOutcome.Duplicate], outcomes.Keys);
        Assert.InRange(outcomes.Values.Sum(), 1, sent);
    }

    /// <summary>Nobody else is left who could have them, and the schedule has been played or stopped when the node hears of the run.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Phones_whose_node_dies_when_all_is_played_have_their_books_closed_by_a_node_that_comes_after(bool isStopped)
    {
        var factory = new TestRunFactory(
            _folder, [new PhasePlan { Name = "steady", Duration = isStopped ? TimeSpan.FromMinutes(5) : TimeSpan.FromSeconds(3) }], rate: 50);
        await StartAsync(factory, ClusterRole.Core, ClusterRole.ApplicationServer, ClusterRole.Conductor);
        await StartAsync(factory, ClusterRole.Kms);
        await StartAsync(factory, ClusterRole.Ue);
        await SubmitAsync(_farms[0], "40");
        await TestCluster.UntilAsync(() => factory.Journal.CountOf(RunFactKind.MessageReceived) > 40);
        if (isStopped)
        {
            await AskAsync(_farms[0], ConductorVerb.Stop);
        }

        while ((await StatusAsync(_farms[0])).Stage != nameof(ClusterRunStage.Settling))
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await TestCluster.KillAsync(_nodes[2]);
        await StartAsync(factory, ClusterRole.Ue);
        await TestCluster.UntilAsync(() => factory.Judged is not null);

        var (_, result, _) = factory.Judged!.Value;
        Assert.All(result.Invariants, static check => Assert.True(check.Holds, check.Evidence));
        Assert.Equal(result.Totals.Sent, result.Totals.Accepted + result.Totals.Failed + result.Totals.Stored);
        Assert.InRange(result.Totals.Accepted, 40, result.Totals.Sent);
        var run = await factory.Runs.FindNewestAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(run!.Notes ?? [], static note => note.Contains("had not written their last facts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Phones_of_all_nodes_use_a_core_that_is_not_of_the_cluster()
    {
        using var system = ActorSystem.Create("somebody-elses-core", "akka.loglevel = OFF");
        await using var wheel = new WakeUpWheel(TimeProvider.System, TimeSpan.FromMilliseconds(10));
        await using var core = await CoreServer.StartAsync(
            system,
            new CoreSettings { Domain = Subscribers.Domain, Subscribers = new Subscribers(DigestAlgorithm.Md5), Random = SystemRandomSource.Instance },
            wheel);
        var factory = Factory(externalCore: core.EndPoint);
        for (var node = 0; node < 3; node++)
        {
            await StartAsync(factory);
        }

        await SubmitAsync(_farms[0], "100");
        var (books, result, nodes) = await JudgedAsync(factory);
        Assert.Equal(100, books.Recorder.RegisteredPhones);
        Assert.Equal(100, core.Counters.Bindings);
        Assert.InRange(result.Totals.Accepted, result.Totals.Sent / 4, result.Totals.Sent);

        // Nobody keeps messages for phones that are away, and no server of the cluster has been asked to.
        Assert.Equal(result.Totals.Sent, result.Totals.Accepted + result.Totals.Failed);
        Assert.DoesNotContain(
            await factory.Journal.ListAsync(TestContext.Current.CancellationToken), static stream => RunStreams.TryGetGroup(stream.Stream, out _));
        await system.Terminate();
    }

    [Fact]
    public async Task Mailboxes_stay_where_they_are_when_another_conductor_takes_over()
    {
        var factory = new TestRunFactory(_folder, [new PhasePlan { Name = "steady", Duration = TimeSpan.FromSeconds(6) }], rate: 20);
        await StartAsync(factory, ClusterRole.Conductor);
        var farm = await StartAsync(factory, ClusterRole.Conductor);
        await StartAsync(factory, ClusterRole.Ue, ClusterRole.Core, ClusterRole.ApplicationServer, ClusterRole.Kms);
        await SubmitAsync(farm, "20");
        await TestCluster.UntilAsync(() => factory.Journal.CountOf(RunFactKind.MessageReceived) > 10);
        Assert.True(await _nodes[0].LeaveAsync(TestCluster.Patience));
        await TestCluster.UntilAsync(() => factory.Judged is not null);

        var result = factory.Judged!.Value.Result;
        Assert.All(result.Invariants, static check => Assert.True(check.Holds, check.Evidence));
        Assert.Equal(result.Totals.Sent, result.Totals.Accepted);
        Assert.All(await factory.Journal.ListAsync(TestContext.Current.CancellationToken), static stream => Assert.Equal((stream.Stream, 1), (stream.Stream, stream.Epoch)));
        var run = await factory.Runs.FindNewestAsync(TestContext.Current.CancellationToken);
        Assert.Contains(run!.Notes!, static note => note.Contains("took over as conductor", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_nodes_may_leave_at_once_in_the_middle_of_a_run()
    {
        // What is handed over to nodes that leave, too, would be waited for longer than this test has patience.
        var timing = TestCluster.Timing with { SingletonStop = 10 * TestCluster.Patience, HandOff = 10 * TestCluster.Patience };
        var factory = Factory();
        for (var node = 0; node < 3; node++)
        {
            await StartAsync(factory, _cluster.Settings(All) with { Timing = timing });
        }

        await SubmitAsync(_farms[1], "100");
        await TestCluster.UntilAsync(() => factory.Journal.CountOf(RunFactKind.MessageReceived) > 10);
        Assert.All(await Task.WhenAll(_nodes.Select(static node => node.LeaveAsync(TestCluster.Patience))), Assert.True);
        Assert.All(await Task.WhenAll(_nodes.Select(static node => node.Ended)), static end => Assert.Equal(ClusterEnd.Left, end));
    }

    private TestRunFactory Factory(
        bool isRich = false, AttackPlan? attacks = null, IPEndPoint? externalCore = null, PresenceSource presence = default, int away = 3, int back = 7)
    {
        PhasePlan[] phases =
        [
            new() { Name = "away", Duration = TimeSpan.FromSeconds(away), GoOffline = 30, Cut = OfflineKind.Clean, Within = TimeSpan.FromSeconds(1) },
            new() { Name = "back", Duration = TimeSpan.FromSeconds(back), GoOnline = 30, Within = TimeSpan.FromSeconds(1) },
        ];
        return new TestRunFactory(_folder, phases, rate: 50)
        {
            IsRich = isRich,
            ExternalCore = externalCore,
            Presence = presence,
            Attacks = attacks ?? AttackPlan.None,
        };
    }

    private static async Task<(ClusterBooks Books, FarmRunResult Result, IReadOnlyList<NodeTotals> Nodes)> JudgedAsync(TestRunFactory factory, int mostSent = 600)
    {
        await TestCluster.UntilAsync(() => factory.Judged is not null);
        var (books, result, nodes) = factory.Judged!.Value;
        Assert.All(result.Invariants, static check => Assert.True(check.Holds, check.Evidence));
        Assert.InRange(result.Totals.Sent, 400, mostSent);
        return (books, result, nodes);
    }

    private Task<ClusterFarm> StartAsync(TestRunFactory factory, params ClusterRole[] roles) => StartAsync(factory, _cluster.Settings(roles.Length == 0 ? All : roles));

    private async Task<ClusterFarm> StartAsync(TestRunFactory factory, ClusterNodeSettings settings)
    {
        var node = await _cluster.StartAsync(settings);
        _nodes.Add(node);
        var metrics = new ClusterMetrics(new RecordingObserver());
        _metrics.Add(metrics);
        var farm = await ClusterFarm.StartAsync(node, settings.Roles, factory, Network, metrics);
        _farms.Add(farm);
        return farm;
    }

    /// <summary>Every second from the submission on, to the end of what was played, whoever led the run then; the last moments know of all messages.</summary>
    private static void AssertCourse(ClusterBooks books, FarmRunResult result)
    {
        var course = books.ReadCourse();
        Assert.Equal(Enumerable.Range(1, course.Count).Select(static second => TimeSpan.FromSeconds(second)), course.Select(static moment => moment.At));
        Assert.Equal(result.IsStopped ? [-1, 0, 1] : [-1, 0, 1, 2], course.Select(static moment => moment.Phase).Distinct());
        Assert.Equal(100, course.Max(static moment => moment.Registered));
        Assert.InRange(course[^1].Registrations, 130, books.Recorder.Counters.Registrations);
        Assert.Equal(course.Select(static moment => moment.Sent).Order(), course.Select(static moment => moment.Sent));
        Assert.Equal(result.Totals.Sent, course[^1].Due);

        // 30 phones are away in the first phase and take all that waits for them in the second.
        Assert.InRange(course.Where(static moment => moment.Phase == 0).Max(static moment => moment.Stored), 1, result.Totals.Sent);
        Assert.Equal(books.ReadCourse(2), course.Skip(2));
    }

    /// <summary>What the nodes count by themselves comes to what the books have, histograms without loss.</summary>
    private static void AssertTotals(FarmRunResult result, ClusterBooks books, IReadOnlyList<NodeTotals> nodes)
    {
        var lag = new LatencyRecorder();
        foreach (var node in nodes)
        {
            lag.Add(node.Lag);
        }

        Assert.Equal(books.Recorder.Lag.Counts(), lag.Counts());
        Assert.Equal(
            (result.Totals.Sent, books.Recorder.Counters.Sent, result.Totals.Accepted, books.Recorder.Counters.Registrations),
            (nodes.Sum(static node => node.Counters.Due), nodes.Sum(static node => node.Counters.Sent), nodes.Sum(static node => node.Counters.Accepted),
                nodes.Sum(static node => node.Counters.Registrations)));
    }

    /// <summary>What all nodes serve, by series: the values of those that have it.</summary>
    private async Task<ILookup<string, double>> ScrapeAsync()
    {
        using var pages = new MemoryStream();
        foreach (var registry in _metrics.SelectMany(static metrics => metrics.Registries))
        {
            await registry.CollectAndExportAsTextAsync(pages, TestContext.Current.CancellationToken);
        }

        return Encoding.UTF8.GetString(pages.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => line[0] != '#')
            .Select(static line => (Place: line.LastIndexOf(' '), Line: line))
            .ToLookup(static entry => entry.Line[..entry.Place], static entry => double.Parse(entry.Line[entry.Place..], CultureInfo.InvariantCulture));
    }

    private static async Task<string> SubmitAsync(ClusterFarm farm, string scenario) =>
        (await AskAsync(farm, ConductorVerb.Submit, JsonSerializer.Serialize(new RunSubmission(scenario, []), ConductorJson.Default.RunSubmission))).RunId;

    private static async Task<ConductorStatus> StatusAsync(ClusterFarm farm) =>
        JsonSerializer.Deserialize((await AskAsync(farm, ConductorVerb.Status)).Content, ConductorJson.Default.ConductorStatus)!;

    private static async Task<ClusterMessages.ConductorReply> AskAsync(ClusterFarm farm, ConductorVerb verb, string content = "") =>
        Assert.IsType<ClusterMessages.ConductorReply>(
            await farm.Conductor.Ask<object>(new ClusterMessages.ConductorQuery(verb, "", content), TestCluster.Patience));

    private static List<(int, int, TimeSpan)> DueIn(ClusterBooks books) =>
    [
        .. Enumerable.Range(0, (int)books.Recorder.Ledger.Count).Select(number => books.Recorder.Ledger.Read(number)).Select(
            entry => (entry.Sender, entry.Recipient, new Instant(entry.DueTicks) - books.Start)),
    ];

    private static List<(int, int, TimeSpan)> SendsOf(RunSchedule schedule)
    {
        var sends = new List<(int, int, TimeSpan)>();
        while (schedule.TryNext(out var action))
        {
            if (action.Kind == ScheduledActionKind.Send)
            {
                sends.Add((action.Phone, action.Recipient, action.At));
            }
        }

        return sends;
    }
}
