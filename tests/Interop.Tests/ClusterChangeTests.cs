using System.Globalization;
using System.Text.Json;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Traffic;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Live;
using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>A run of three processes whose rate and phones are changed while it goes on, and whose oldest node, which leads it, is killed then.</summary>
[Collection(ClusterLosses.Name)]
public sealed class ClusterChangeTests
{
    private const int Phones = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>Of a figure that is written in microseconds, and of the difference of two.</summary>
    private const decimal Rounding = 0.000_002m;

    private const string Scenario =
        """
        version: 1
        name: changed
        seed: 6
        target: { domain: ims.example, core: embedded, as: embedded, kms: embedded, allow: [127.0.0.0/8] }
        subscribers: { count: 60, auth: { scheme: md5, secretsFrom: derived } }
        traffic: { rate: 10/s, size: 40B-200B }
        phases:
          - { name: steady, for: 60s }
          - { name: settle, traffic: off, for: 3s }
        limits: { maxRate: 50/s }
        """;

    [Fact]
    public async Task The_ledger_is_the_schedule_of_seed_and_changes_also_when_who_wrote_them_is_lost()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? "");
        using var folder = new TemporaryFolder();
        await using var database = await PostgresCluster.StartAsync("-c max_connections=100");
        await using var lab = new ClusterLab(folder, database.ConnectionTo("lab"), [ClusterLab.LoopbackPlace, ClusterLab.LoopbackPlace, ClusterLab.LoopbackPlace]);
        var oldest = await lab.StartAsync(0);
        await lab.StartAsync(1);
        await lab.StartAsync(2);
        await using var run = lab.Submit(1, Scenario);
        await lab.WaitForStatusAsync(1, static status => status is { Stage: "Playing", Sent: > 10 }, Patience);

        Assert.Equal(3, (await lab.TurnAsync(2, "rate", "x6")).Code);
        Assert.Equal(0, (await lab.TurnAsync(2, "rate", "x3")).Code);
        var (code, output) = await lab.TurnAsync(1, "scale", "50%", "--within", "2s");
        Assert.Equal(0, code);
        Assert.Contains("30 phones online within 2 s from ", output, StringComparison.Ordinal);
        ProcessSignal.Send(oldest.Id, ProcessSignal.Kill);
        var changed = await lab.WaitForStatusAsync(1, static status => status is { RateFactor: 3 }, Patience);
        Assert.Equal(["rate x3", "30 phones online within 2 s"], changed.Changes.Select(static change => change.What));
        await lab.WaitForStatusAsync(1, static status => status is { Stage: "Playing" } && status.Nodes.Sum(static node => node.Registered) == Phones / 2, Patience);
        await AssertShownAsync(lab.AdminPortOf(1));

        var result = await run.WaitForHeldAsync(Patience);
        Assert.Equal((0, Phones / 2), (result.Ledger.Unaccounted, result.Registrations.RegisteredAtEnd));
        Assert.Equal(changed.Changes.Select(static change => (change.What, change.By)), result.Changes.Select(static change => (change.What, change.By)));
        Assert.Contains(result.Warnings, static warning => warning.Contains("took over as conductor", StringComparison.Ordinal));
        await ComparedAsync(result, changed.Changes, Directory.EnumerateFiles(folder.FullPath, "ledger.csv", SearchOption.AllDirectories).Single());
    }

    /// <summary>The node that leads now has seen nothing of the run's beginning, and its live page has all of it.</summary>
    private static async Task AssertShownAsync(int adminPort)
    {
        using var http = new HttpClient();
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{adminPort}/live/state"));
        var text = await http.GetStringAsync(address, TestContext.Current.CancellationToken);
        var state = JsonSerializer.Deserialize(text, LiveJson.Default.LiveState)!;
        Assert.Equal(["rate x3", "30 phones online within 2 s"], state.Changes.Select(static change => change.What));
        var seconds = state.Series!.Seconds.SkipLast(1).ToList();
        Assert.Equal(Enumerable.Range(1, seconds.Count).Select(static second => (double)second), seconds);
        Assert.InRange(seconds.Count, (int)state.Changes[0].At, 200);
        Assert.Equal(Phones, state.Series.Registered.Max());
    }

    private static async Task ComparedAsync(ResultDocument result, IReadOnlyList<ConductorStatus.ChangeStatus> changes, string ledger)
    {
        var scenario = ScenarioReader.Read(Scenario, "scenario.yaml", []).Scenario!;
        var settings = await RunSettingsMapper.MapAsync(scenario, "", TestContext.Current.CancellationToken);
        var schedule = settings.CreateSchedule(
        [
            new RunChange(RunChangeKind.Rate, TimeSpan.FromSeconds(changes[0].At), "", Factor: 3),
            new RunChange(RunChangeKind.Scale, TimeSpan.FromSeconds(changes[1].At), "", Phones: Phones / 2, Within: TimeSpan.FromSeconds(2)),
        ]);
        var planned = new List<(string, string, decimal)>();
        while (schedule.TryNext(out var action))
        {
            if (action.Kind == ScheduledActionKind.Send)
            {
                planned.Add((Text(action.Phone), Text(action.Recipient), (decimal)action.At.Ticks / TimeSpan.TicksPerSecond));
            }
        }

        var played = File.ReadLines(ledger).Skip(1).Select(static line => line.Split(',')).ToList();
        Assert.Equal(result.Ledger.Sent, played.Count);
        Assert.Equal(planned.Select(static send => (send.Item1, send.Item2)), played.Select(static row => (row[1], row[2])));
        var first = decimal.Parse(played[0][3], CultureInfo.InvariantCulture) - planned[0].Item3;
        Assert.All(planned.Zip(played), pair => Assert.InRange(
            decimal.Parse(pair.Second[3], CultureInfo.InvariantCulture) - pair.First.Item3 - first, -Rounding, Rounding));
    }

    private static string Text(int phone) => phone.ToString(CultureInfo.InvariantCulture);
}
