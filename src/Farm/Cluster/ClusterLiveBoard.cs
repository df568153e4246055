using System.Text;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Run;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Live;
using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cluster;

/// <summary>The live page's document of a cluster's run, made on the conductor's node from the run's books; its course is that of the books, whoever led the run before.</summary>
internal sealed class ClusterLiveBoard(TimeProvider time) : IClusterRunWatcher
{
    private static readonly IReadOnlyList<string> Behind = ["the last two seconds or so (the books follow the journal)"];

    private readonly Lock _gate = new();
    private Watched? _watched;

    public void Offer(ClusterRunPicture picture)
    {
        if (picture is { Run: { } run, Books: { } books })
        {
            lock (_gate)
            {
                Of(run).Add(picture, run, books, time.GetUtcNow());
            }
        }
    }

    public string Show(ClusterRunPicture picture) => Encoding.UTF8.GetString(LiveJson.Serialize(StateOf(picture)));

    private LiveState StateOf(ClusterRunPicture picture)
    {
        var now = time.GetUtcNow();
        if (picture.Run is not { } run)
        {
            return new LiveState { MadeAt = now, Stand = LiveStand.Idle, Nodes = NodesOf(picture) };
        }

        lock (_gate)
        {
            var watched = Of(run);
            var state = picture.Books is { } books ? watched.Show(picture, run, books, now)
                : watched.Last is { } last ? last with { MadeAt = now, Nodes = NodesOf(picture) }
                : LiveStateMaker.Preparing(watched.Scenario, run.RunId, StageOf(picture.Stage), NodesOf(picture), picture.Status.Registered, now);
            watched.Last = state;
            return run.Result is { } verdict ? watched.End(state, ResultJson.Deserialize(verdict.Result), run.RunId, now) : state;
        }
    }

    private Watched Of(ClusterRunRecord run)
    {
        if (_watched?.RunId != run.RunId)
        {
            _watched = new Watched(run.RunId, ScenarioReader.Read(run.Scenario, "scenario.yaml", run.Overrides).Scenario!);
        }

        return _watched;
    }

    private static string StageOf(ClusterRunStage stage) => stage == ClusterRunStage.Preparing ? "preparing" : "registering";

    private static IReadOnlyList<LiveState.NodeRow> NodesOf(ClusterRunPicture picture) =>
    [
        .. picture.Status.Nodes.Select(static node => new LiveState.NodeRow(
            node.Node, node.Roles, node.Blocks, node.Registered, node.Sent, node.Accepted, TimeSpan.FromMilliseconds(node.CpuMilliseconds).TotalSeconds, node.ResidentBytes)),
    ];

    /// <summary>The run that is looked at.</summary>
    private sealed class Watched(string runId, Scenario scenario)
    {
        private readonly LiveSeries _series = new(closest: 1);
        private long _watermark;
        private int _moments;
        private LiveState? _end;

        public string RunId => runId;

        public Scenario Scenario => scenario;

        /// <summary>As it was last shown.</summary>
        public LiveState? Last { get; set; }

        /// <summary>By the clock of the books: what they have not heard of has not happened yet.</summary>
        public void Add(ClusterRunPicture picture, ClusterRunRecord run, ClusterBooks books, DateTimeOffset now)
        {
            foreach (var moment in books.ReadCourse(_moments))
            {
                _series.Add(moment, scenario.Subscribers.Count);
                _moments++;
            }

            if (books.WatermarkTicks > Math.Max(_watermark, books.Start.Ticks) && books.WatermarkTicks <= now.UtcTicks)
            {
                _watermark = books.WatermarkTicks;
                _series.Look(SnapshotOf(picture, Under(picture, run, books, now)));
            }
        }

        public LiveState Show(ClusterRunPicture picture, ClusterRunRecord run, ClusterBooks books, DateTimeOffset now)
        {
            var under = Under(picture, run, books, now);
            var snapshot = SnapshotOf(picture, under);
            var moment = new LiveMoment
            {
                Snapshot = snapshot,
                Stage = under.Progress.Stage,
                Phases = LiveMoment.PhasesOf(under, books.Settings),
                MisorderedByServer = picture.MisorderedByServer,
                Expired = books.Settings.HasApplicationServer ? snapshot.Expired : null,
                RunId = runId,
                Changes = ChangeResult.ListOf(under, run.Changes ?? []),
                Nodes = NodesOf(picture),
                Unknown = Behind,
            };
            var maker = new LiveStateMaker(scenario, books.Recorder, books.Settings.HasApplicationServer);
            return maker.Running(moment, _series.Read(), _series.ReadRates(), now);
        }

        public LiveState End(LiveState last, ResultDocument result, string folder, DateTimeOffset now) =>
            _end ??= LiveStateMaker.Ended(last with { Series = _series.Read() }, result, folder, now);

        private RunSnapshot SnapshotOf(ClusterRunPicture picture, PlayedClusterRun under) => new SnapshotMaker(scenario, under, () => picture.Status.Backlog).Take();

        private static PlayedClusterRun Under(ClusterRunPicture picture, ClusterRunRecord run, ClusterBooks books, DateTimeOffset now)
        {
            // Before the books begin and when they are complete their end is none.
            var start = books.Start.Ticks;
            var played = TimeSpan.FromTicks(Math.Clamp(books.WatermarkTicks, start, Math.Max(start, now.UtcTicks)) - start);
            return new PlayedClusterRun(run, books, played, picture.Stage >= ClusterRunStage.Settling ? RunStage.Settling : RunStage.Playing, picture.Notes);
        }
    }
}
