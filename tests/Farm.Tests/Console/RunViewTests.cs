using System.Text.RegularExpressions;
using Spectre.Console;
using UeFarm.Actors.Run;
using UeFarm.Farm.Console;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Console;

public partial class RunViewTests
{
    private static readonly RunPlan Plan = RunPlan.Of(Samples.Scenario(Samples.Minimal, "faults.attacks.replay=5/s"));

    private static readonly RunSnapshot Snapshot = new()
    {
        Elapsed = TimeSpan.FromSeconds(12),
        PhaseName = "second",
        PhaseIndex = 1,
        PhaseCount = 2,
        PhaseRemaining = TimeSpan.FromSeconds(17.5),
        UesByState = new Dictionary<string, long> { ["registered"] = 96, ["offline"] = 4 },
        Sent = 123_456,
        Answered = 123_000,
        Accepted = 122_000,
        RejectedByReason = new Dictionary<string, long> { ["stale"] = 12, ["tie"] = 3 },
        FailedByReason = new Dictionary<string, long> { ["timeout"] = 1 },
        Stored = 1_200,
        AttacksByKind = new Dictionary<string, long> { ["replay"] = 60 },
        SentPerSecond = 499.6,
        AcceptedPerSecond = 480,
        Delivery = new LatencySnapshot(122_000, 0.012, 0.05, 0.35, 2.5),
        Lag = TimeSpan.FromMilliseconds(1.5),
        MessagesInFlight = 240,
    };

    private static readonly RunSnapshot Rich = Snapshot with
    {
        RateFactor = 1.25,
        Parts =
        [
            new RunPart("phones", ["96 registered", "100 registrations", "0 failed", "0 restarts"]), new RunPart("core", ["96 bindings", "123,000 routed"]),
            new RunPart("127.0.0.1:45123", ["4 blocks", "320 phones", "41,152 sent", "40,666 accepted", "250 MB"]),
        ],
        ReadCaches = static () => new CacheFigures(12_345_678, new ReplayCacheNeed(17, 12, 3)),
    };

    private static readonly RunSnapshot Quiet = new() { Elapsed = TimeSpan.Zero, PhaseName = "x", PhaseIndex = 0, PhaseCount = 1, PhaseRemaining = TimeSpan.Zero };

    public static TheoryData<int> Widths => [40, 60, 80, 132];

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_live_screens_are_as_approved_without_colour(int width) => Approved.Matches(
        string.Join('\n', Enum.GetValues<LiveScreenKind>().Select(screen => Render(new LivePicture(Plan, Rich, screen), width))),
        "tests", "Farm.Tests", "Approved", $"live-screens-{width}.txt");

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_live_screens_keep_their_size_whatever_happens(int width)
    {
        var many = UeFarm.Farm.Thresholds.ThresholdCatalogue.RejectedReasons.ToDictionary(reason => reason, _ => 999_999_999L);
        var busy = Rich with
        {
            RejectedByReason = many,
            FailedByReason = many,
            Elapsed = TimeSpan.FromDays(3),
            Sent = long.MaxValue / 2,
            Accepted = long.MaxValue / 2,
            Parts = [.. Enumerable.Range(1, 32).Select(number => new RunPart($"node-{number}.a-long-name-in-a-lab.example:45123", ["999,999,999 sent", "999,999,999 accepted"]))],
        };
        var quiet = Render(new LivePicture(Plan, Quiet, Notice: null), width).Split('\n');
        foreach (var screen in Enum.GetValues<LiveScreenKind>())
        {
            foreach (var picture in (LivePicture[])[new(Plan, Quiet, screen), new(Plan, busy, screen, new string('n', 300)), new(Plan, busy, screen, HasKeys: false)])
            {
                var lines = Render(picture, width).Split('\n');
                Assert.All(lines, line => Assert.True(line.Length <= width, line));
                Assert.Equal(quiet.Length, lines.Length);
                Assert.True(lines.Length <= 24, "it does not fit a terminal of 24 lines");
            }
        }
    }

    [Fact]
    public void On_a_cluster_the_size_that_replay_caches_needed_is_known_and_what_they_hold_is_elsewhere()
    {
        var cluster = Rich with { IsCluster = true, ReadCaches = static () => new CacheFigures(null, new ReplayCacheNeed(17, 12, 3)) };
        var screen = Render(new LivePicture(Plan, cluster, LiveScreenKind.Rejections), 132);
        Assert.Contains("on the nodes; what they hold is in each node's metrics", screen, StringComparison.Ordinal);
        Assert.Contains("17 entries for no loss", screen, StringComparison.Ordinal);
        Assert.Contains("12 for 1e-6", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_is_that_of_the_phases_and_not_of_what_comes_before_and_after_them()
    {
        Assert.Contains("[........................] 00:00 of 00:30", Render(Snapshot with { Stage = RunStage.Registering, PhaseIndex = 0 }), StringComparison.Ordinal);
        Assert.Contains("registering, then 1/2 first", Render(Snapshot with { Stage = RunStage.Registering, PhaseIndex = 0 }), StringComparison.Ordinal);
        Assert.Contains("[##########..............] 00:12 of 00:30", Render(Snapshot with { Elapsed = TimeSpan.FromMinutes(9) }), StringComparison.Ordinal);
        Assert.Contains("2/2 second, 00:18 left", Render(Snapshot), StringComparison.Ordinal);
        Assert.Contains("[########################] 00:30 of 00:30", Render(Snapshot with { Stage = RunStage.Settling }), StringComparison.Ordinal);
        Assert.Contains("10/s as planned", Render(Snapshot), StringComparison.Ordinal);
        Assert.Contains("paused by hand (10/s planned)", Render(Snapshot with { RateFactor = 0 }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_live_view_redraws_in_place_gives_the_cursor_back_and_ends_with_the_final_block()
    {
        var writer = new StringWriter { NewLine = "\n" };
        await using var view = new LiveRunView(CreateConsole(writer, AnsiSupport.Yes));
        view.OnStarting(Plan);
        view.OnPhaseStarted(new PhaseStarted("first", 0, 2, TimeSpan.FromSeconds(10), TimeSpan.Zero));
        view.OnSnapshot(Snapshot);
        view.OnNotice("stopping");
        view.OnFinished(Samples.Result(), "results/x");

        var text = writer.ToString();
        Assert.Contains("stale 12", text, StringComparison.Ordinal);
        Assert.Contains("stopping", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[2J", text, StringComparison.Ordinal);
        Assert.True(text.LastIndexOf("\e[?25h", StringComparison.Ordinal) > text.LastIndexOf("\e[?25l", StringComparison.Ordinal), "the cursor stays hidden");
        Assert.EndsWith(string.Join('\n', FinalBlock.Lines(Samples.Result(), "results/x").Skip(1)) + "\n", Plain(text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_live_view_that_ends_without_a_verdict_gives_the_terminal_back()
    {
        var writer = new StringWriter();
        var view = new LiveRunView(CreateConsole(writer, AnsiSupport.Yes));
        view.OnStarting(Plan);
        await view.DisposeAsync();

        Assert.Contains("\e[?25h", writer.ToString(), StringComparison.Ordinal);
        view.OnSnapshot(Snapshot);
    }

    [Fact]
    public void The_plain_view_writes_a_line_per_phase_and_second_and_no_escape_codes()
    {
        var writer = new StringWriter { NewLine = "\n" };
        var view = new PlainRunView(writer, writer);
        view.OnStarting(Plan);
        view.OnPhaseStarted(new PhaseStarted("first", 0, 2, TimeSpan.FromSeconds(10), TimeSpan.Zero));
        view.OnSnapshot(Snapshot with { Elapsed = TimeSpan.FromSeconds(1) });
        view.OnSnapshot(Snapshot with { Elapsed = TimeSpan.FromSeconds(1.2) });
        view.OnSnapshot(Snapshot with { Elapsed = TimeSpan.FromSeconds(1.98) });
        view.OnNotice("stopping");
        view.OnFinished(Samples.Result(), "results/x");

        var lines = writer.ToString().Split('\n');
        Assert.Equal(
            [
                "minimal: 100 phones, 30s, about 300 messages",
                "note: no thresholds: the verdict rests on the invariants alone.",
                "00:00 phase 1/2: first for 10s",
                "00:01 second  on 96/100  500/s sent  480/s acc  p99 350 ms  stored 1200",
                "00:01 second  on 96/100  500/s sent  480/s acc  p99 350 ms  stored 1200",
                "stopping",
            ],
            lines.Take(6));
        Assert.StartsWith("FAIL  minimal: ", lines[6], StringComparison.Ordinal);
        Assert.DoesNotContain('\e', writer.ToString());
    }

    [Fact]
    public void Long_runs_get_a_line_every_ten_seconds()
    {
        var writer = new StringWriter { NewLine = "\n" };
        var view = new PlainRunView(writer, null);
        view.OnStarting(RunPlan.Of(Samples.Scenario(Samples.Minimal, "phases[1].for=10m")));
        for (var second = 1; second <= 60; second++)
        {
            view.OnSnapshot(Snapshot with { Elapsed = TimeSpan.FromSeconds(second) });
        }

        Assert.Equal(6, writer.ToString().Split('\n').Count(line => line.Contains(" on 96/100 ", StringComparison.Ordinal)));
    }

    [Fact]
    public void In_virtual_time_lines_follow_the_clock_on_the_wall_and_tell_speed_and_what_is_left()
    {
        var writer = new StringWriter { NewLine = "\n" };
        var view = new PlainRunView(writer, null);
        view.OnStarting(RunPlan.Of(Samples.Scenario(Samples.Minimal, "phases[1].for=30d", "clock=virtual")));
        for (var second = 1; second <= 20; second++)
        {
            var played = TimeSpan.FromHours(second);
            view.OnSnapshot(Snapshot with { Elapsed = played, Pace = VirtualPace.Of(TimeSpan.FromSeconds(second), played, TimeSpan.FromHours(73)) });
        }

        Assert.Equal(
            [
                "1:00:00 second  on 96/100  3600x, 01:12 to go  122000 acc  p99 350 ms  failed 1",
                "11:00:00 second  on 96/100  3600x, 01:02 to go  122000 acc  p99 350 ms  failed 1",
            ],
            writer.ToString().Split('\n').Where(line => line.Contains(" on 96/100 ", StringComparison.Ordinal)));
        var pace = VirtualPace.Of(TimeSpan.FromSeconds(2), TimeSpan.FromDays(3), TimeSpan.FromDays(2));
        Assert.Equal(TimeSpan.Zero, pace.Left);
        var screen = Render(Snapshot with { Pace = pace });
        Assert.Contains("129600 times as fast   00:00 to go", screen, StringComparison.Ordinal);
        Assert.Equal(Render(Snapshot).Split('\n').Length, screen.Split('\n').Length);
    }

    private static string Render(RunSnapshot snapshot) => Render(new LivePicture(Plan, snapshot), 80);

    private static string Render(LivePicture picture, int width)
    {
        var writer = new StringWriter { NewLine = "\n" };
        var console = CreateConsole(writer, AnsiSupport.No);
        console.Profile.Width = width;
        console.Write(LiveScreen.Render(picture, width));
        return string.Join('\n', writer.ToString().Split('\n').Select(line => line.TrimEnd()));
    }

    private static IAnsiConsole CreateConsole(StringWriter writer, AnsiSupport ansi)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = ansi,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(writer),
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = 100;
        console.Profile.Height = 40;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    private static string Plain(string text) => Escapes().Replace(text, "");

    [GeneratedRegex("\e\\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Escapes();
}
