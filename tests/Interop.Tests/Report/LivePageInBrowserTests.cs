using System.Globalization;
using System.Text.Json;
using PuppeteerSharp;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Live;
using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Tests.Hosting;
using Xunit;

namespace UeFarm.Interop.Tests.Report;

/// <summary>The live page of a real run in Chromium: it follows the run by itself, says when it is gone, and ends with what result.json says.</summary>
[Collection(WholeProcesses.Name)]
public sealed class LivePageInBrowserTests : IDisposable
{
    private const string Scenario = """
        version: 1
        name: shown-live
        seed: 12
        subscribers: { count: 120 }
        replayCache: { entries: 40 }
        applicationServer: { live: bypass, holdTime: 1s }
        traffic: { rate: 60/s, size: 40B-300B, recipients: { pick: zipf } }
        faults: { attacks: { replay: 2/s, forged: 2/s } }
        phases:
          - { name: acquaint, for: 6s }
          - { name: outage-with-a-very-long-name, offline: 60%, cut: silent, within: 1s, for: 6s }
          - { name: return, online: all, within: 2s, for: 10s }
        thresholds:
          - accepted.share >= 99.9%
          - delivery.p99 < 1m
          - unaccounted == 0
          - attacks{kind="replay",outcome="accepted"} == 0
          - reports{status="lost"} == 0
        metrics: { linger: 10m }
        """;

    private const int Desk = 1280;
    private const int Phone = 390;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_page_follows_a_run_to_its_verdict()
    {
        await using var chromium = await Chromium.StartAsync(_folder);
        await using var run = FarmProcess.Start(_folder, Scenario, "first", "--page");
        var address = await LivePages.AddressOfAsync(run, TimeSpan.FromMinutes(1));
        await using var phone = await chromium.OpenAsync(address, Phone, isDark: false);
        await using var opened = await chromium.OpenAsync(address, Desk, isDark: false);
        var page = opened.Page;
        await page.EvaluateExpressionAsync("window.isSame = true");

        await AssertNumbersMoveAsync(page);
        await AssertPauseHoldsAsync(page);
        await AssertColoursCanBeChosenAsync(page);
        await LivePages.UntilAsync(page, "document.querySelector('#phase').textContent.includes('phase 2 of 3: outage-with-a-very-long-name')");
        await AssertEverybodyCanReadAsync(opened, phone, "live-running");
        await page.BringToFrontAsync(); // behind others it asks for nothing
        await LivePages.UntilAsync(page, LivePages.IsEnded);
        await AssertEverybodyCanReadAsync(opened, phone, "live-ended");
        await page.BringToFrontAsync();
        Assert.True(await page.EvaluateExpressionAsync<bool>("window.isSame"), "the page was loaded again");
        Assert.Empty(opened.Complaints.Concat(phone.Complaints));
        Assert.Contains(address + "live/state", opened.Requests);
        Assert.All(opened.Requests.Concat(phone.Requests), request => Assert.StartsWith(address, request, StringComparison.Ordinal));

        using var http = new HttpClient();
        var state = JsonSerializer.Deserialize(
            await http.GetStringAsync(new Uri(address + "live/state"), TestContext.Current.CancellationToken), LiveJson.Default.LiveState)!;
        var (stand, reason) = (await LivePages.TextOfAsync(page, "#stand"), await LivePages.TextOfAsync(page, "#reason"));
        run.Terminate();
        await run.WaitForExitAsync(TimeSpan.FromSeconds(30));
        AssertSame(run.Result, state);
        Assert.Equal((run.Result.Verdict.ToString().ToUpperInvariant(), run.Result.Reason), (stand, reason));
        await LivePages.UntilAsync(page, "document.querySelector('#connection').textContent.startsWith('The program has ended too')");

        // Another run at the same address is taken for one; and when that one dies, the page says so.
        await using var next = FarmProcess.Start(_folder, Scenario, "second", "--page", new Uri(address).Port.ToString(CultureInfo.InvariantCulture));
        await LivePages.AddressOfAsync(next, TimeSpan.FromMinutes(1));
        await LivePages.UntilAsync(page, "document.querySelector('#stand').textContent.startsWith('so far')");
        next.Kill();
        await LivePages.UntilAsync(page, "document.querySelector('#connection').textContent.startsWith('Connection lost since ')");
        await opened.KeepPictureAsync("live-lost");
    }

    [Fact]
    public async Task What_is_changed_by_hand_is_shown_to_the_end()
    {
        await using var chromium = await Chromium.StartAsync(_folder);
        var read = ScenarioReader.Read(Scenario, "scenario.yaml", ["page.listen=0"]);
        Assert.True(ResultsFolder.TryUse(_folder.PathOf("changed"), out var results, out var problem), problem);
        var view = new SilentView();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = new ScenarioRunner(TimeProvider.System).RunAsync(new RunRequest(read.Scenario!, read.Source, results!), view, stop.Token);
        var knobs = await view.Knobs.Task.WaitAsync(TimeSpan.FromMinutes(1), stop.Token);
        while (!(await knobs.ChangeRateAsync(2)).IsDone)
        {
            Assert.False(running.IsCompleted);
            await Task.Delay(50, stop.Token);
        }

        const string Announced = "live page: ";
        var address = view.Notices.Single(static notice => notice.StartsWith(Announced, StringComparison.Ordinal))[Announced.Length..];
        await using var opened = await chromium.OpenAsync(address, Phone, isDark: true);
        await LivePages.UntilAsync(opened.Page, LivePages.IsSending);
        var change = await LivePages.TextOfAsync(opened.Page, "#changes");
        Assert.Matches("^00:0[0-9]rate x2keys$", change);
        await opened.AssertReadableAsync("live-changed", Phone, isDark: true);
        await opened.KeepPictureAsync("live-changed-390-dark");
        await LivePages.UntilAsync(opened.Page, LivePages.IsEnded);
        Assert.Equal((change, false), (await LivePages.TextOfAsync(opened.Page, "#changes"),
            await opened.Page.EvaluateExpressionAsync<bool>("document.querySelector('#changes-section').hidden")));
        Assert.Empty(opened.Complaints);
        await stop.CancelAsync();
        Assert.Equal("rate x2", Assert.Single((await running).Result.Changes).What);
    }

    private static async Task AssertNumbersMoveAsync(IPage page)
    {
        await LivePages.UntilAsync(page, LivePages.IsSending);
        var sent = await LivePages.TextOfAsync(page, "#facts dd span");
        await LivePages.UntilAsync(page, $"document.querySelector('#facts dd span').textContent !== '{sent}'");
        await LivePages.UntilAsync(page, "document.querySelectorAll('#plot-rates path.line')[0].getAttribute('d').includes('L')");
    }

    private static async Task AssertPauseHoldsAsync(IPage page)
    {
        await page.FocusAsync("#pause");
        await page.Keyboard.PressAsync("Space");
        var sent = await LivePages.TextOfAsync(page, "#facts dd span");
        var asked = await page.EvaluateExpressionAsync<int>(Asked);
        await LivePages.UntilAsync(page, $"{Asked} >= {asked + 3}");
        Assert.Equal(sent, await LivePages.TextOfAsync(page, "#facts dd span"));
        Assert.Equal("true", await page.EvaluateExpressionAsync<string>("document.querySelector('#pause').getAttribute('aria-pressed')"));
        await page.ClickAsync("#pause");
        await LivePages.UntilAsync(page, $"document.querySelector('#facts dd span').textContent !== '{sent}'");
    }

    private const string Asked = "performance.getEntriesByType('resource').filter(entry => entry.name.endsWith('/live/state')).length";

    private static async Task AssertColoursCanBeChosenAsync(IPage page)
    {
        const string Paper = "getComputedStyle(document.body).backgroundColor";
        await page.SelectAsync("#theme", "dark");
        Assert.Equal("rgb(15, 20, 25)", await page.EvaluateExpressionAsync<string>(Paper));
        await page.EmulateMediaFeaturesAsync([new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = "dark" }]);
        await page.SelectAsync("#theme", "light");
        Assert.Equal("rgb(255, 255, 255)", await page.EvaluateExpressionAsync<string>(Paper));
        await page.SelectAsync("#theme", "auto");
        Assert.Equal("rgb(15, 20, 25)", await page.EvaluateExpressionAsync<string>(Paper));
    }

    private static async Task AssertEverybodyCanReadAsync(Chromium.OpenedPage desk, Chromium.OpenedPage phone, string name)
    {
        foreach (var (opened, width, isDark) in new[] { (desk, Desk, false), (desk, Desk, true), (phone, Phone, false), (phone, Phone, true) })
        {
            await opened.Page.BringToFrontAsync();
            var place = string.Create(CultureInfo.InvariantCulture, $"{name}-{width}{(isDark ? "-dark" : "")}");
            await opened.ShowAsAsync(width, isDark);
            await opened.AssertReadableAsync(place, width, isDark);
            await opened.KeepPictureAsync(place);
        }
    }

    private static void AssertSame(ResultDocument result, LiveState state)
    {
        Assert.Equal(LiveStand.Ended, state.Stand);
        Assert.Equal((result.Verdict, result.Reason, result.ExitCode), (state.Verdict!.Verdict, state.Verdict.Reason, state.Verdict.ExitCode));
        Assert.Equal(
            result.Thresholds.Select(static each => (each.Text, each.Outcome.ToString(), each.Observed, each.Samples)),
            state.Thresholds.Select(static each => (each.Text, each.Outcome.ToString(), each.Observed, each.Samples)));
        Assert.Equal(
            result.Invariants.Select(static each => (each.Name, each.Held, each.Detail)),
            state.Promises.Select(static each => (each.Name, each.Outcome == LiveOutcome.Held, each.Detail)));
        var (ledger, shown) = (result.Ledger, state.Ledger!);
        Assert.Equal(
            (ledger.Sent, ledger.Accepted, ledger.Rejected, ledger.Expired, ledger.Failed, ledger.Stored, ledger.Unaccounted, ledger.Redelivered),
            (shown.Sent, shown.Accepted, shown.Rejected, shown.Expired, shown.Failed, shown.Stored, shown.Unaccounted, shown.Redelivered));
        Assert.Equal(result.Rejections, state.Rejections);
        Assert.Equal(result.Latencies, state.Latencies);
        Assert.Equal(result.ReplayCapacity!.Curve, state.Capacity!.Curve);
        Assert.Equal(result.ReplayCapacity.MinCapacity, state.Capacity.MinCapacity);
    }
}
