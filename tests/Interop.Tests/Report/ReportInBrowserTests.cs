using System.Globalization;
using System.Text.Json;
using Deque.AxeCore.Commons;
using PuppeteerSharp;
using PuppeteerSharp.Media;
using UeFarm.Farm.Report;
using UeFarm.Farm.Report.Stored;
using Xunit;

namespace UeFarm.Interop.Tests.Report;

/// <summary>Reports as Chromium shows them, on a desk and on a phone, by day, by night and on paper.</summary>
[Collection(WholeProcesses.Name)]
public sealed class ReportInBrowserTests : IDisposable
{
    private const string Scenario = """
        version: 1
        name: shown
        seed: 11
        clock: virtual
        subscribers: { count: 40 }
        replayCache: { entries: 4 }
        applicationServer: { live: bypass, holdTime: 2s, drainDelay: 3s }
        traffic: { rate: 20/s, size: 40B-300B, recipients: { pick: zipf } }
        faults: { network: { latency: 20ms }, attacks: { replay: 2/s, forged: 2/s } }
        phases:
          - { name: acquaint, for: 10s }
          - { name: an-outage-with-a-very-long-name, offline: 50%, cut: silent, within: 3s, for: 20s }
          - { name: blink, for: 1s }
          - { name: return, online: all, within: 5s, for: 30s }
        thresholds:
          - accepted.share >= 99.9%
          - delivery.p99 < 1m
          - attacks{kind="replay",outcome="accepted"} == 0
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_report_and_a_comparison_are_readable_everywhere()
    {
        var chromium = Peer.Require("chromium", "chromium");
        await PlayAsync("virtual", Scenario);
        await PlayAsync("real", Scenario.Replace("clock: virtual", "clock: real", StringComparison.Ordinal)
            .Replace("network: { latency: 20ms }, ", "", StringComparison.Ordinal).Replace("for: 20s", "for: 3s", StringComparison.Ordinal)
            .Replace("for: 30s", "for: 5s", StringComparison.Ordinal).Replace("for: 10s", "for: 2s", StringComparison.Ordinal));
        var comparison = _folder.PathOf("comparison.html");
        ReportFiles.WriteComparison(comparison, Read("virtual"), Read("real"));

        var browser = await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = chromium,
            UserDataDir = _folder.PathOf("profile"),
            // Chromium's own sandbox does not work for root and in containers; the pages are ours.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking"],
        });
        await using (browser.ConfigureAwait(true))
        {
            foreach (var file in new[] { _folder.PathOf("virtual/report.html"), _folder.PathOf("real/report.html"), comparison })
            {
                foreach (var (width, isDark) in new[] { (1280, false), (1280, true), (390, false), (390, true) })
                {
                    await AssertReadableAsync(browser, file, width, isDark);
                }
            }
        }
    }

    private static async Task AssertReadableAsync(IBrowser browser, string file, int width, bool isDark)
    {
        var folder = Path.GetFileName(Path.GetDirectoryName(file));
        var place = string.Create(
            CultureInfo.InvariantCulture, $"{folder}-{Path.GetFileNameWithoutExtension(file)}-{width}{(isDark ? "-dark" : "")}");
        var page = await browser.NewPageAsync();
        await using (page.ConfigureAwait(true))
        {
            var complaints = new List<string>();
            var requests = new List<string>();
            page.Console += (_, message) => complaints.Add(message.Message.Text);
            page.PageError += (_, error) => complaints.Add(error.Message);
            page.Request += (_, request) => requests.Add(request.Request.Url);
            await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = 900, IsMobile = width < 600 });
            await page.EmulateMediaFeaturesAsync(
                [new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = isDark ? "dark" : "light" }]);
            await page.GoToAsync(new Uri(file).AbsoluteUri);

            Assert.Empty(complaints);
            Assert.Equal([new Uri(file).AbsoluteUri], requests);
            Assert.Equal(width, await page.EvaluateExpressionAsync<int>("document.documentElement.scrollWidth"));
            Assert.Equal(isDark, await page.EvaluateExpressionAsync<bool>("getComputedStyle(document.body).backgroundColor !== 'rgb(255, 255, 255)'"));
            await AssertAccessibleAsync(page, place);
            Assert.Empty(complaints);
            if (Environment.GetEnvironmentVariable("UEFARM_SCREENSHOTS") is { Length: > 0 } album)
            {
                await page.ScreenshotAsync(Path.Combine(album, place + ".png"), new ScreenshotOptions { FullPage = true });
                await page.PdfAsync(Path.Combine(album, place + ".pdf"), new PdfOptions { Format = PaperFormat.A4 });
            }
        }
    }

    /// <summary>axe-core's rules, all that apply to a document: contrast, names, headings, tables, landmarks.</summary>
    private static async Task AssertAccessibleAsync(IPage page, string place)
    {
        await page.EvaluateExpressionAsync(new BundledAxeScriptProvider().GetScript());
        var report = await page.EvaluateFunctionAsync<JsonElement>(
            """
            async () => {
                const result = await axe.run();
                const nodes = violation => violation.nodes.slice(0, 3).map(node => node.html + " " + node.failureSummary).join(" | ");
                return { passes: result.passes.length, violations: result.violations.map(violation => violation.id + ": " + nodes(violation)) };
            }
            """);
        Assert.True(report.GetProperty("passes").GetInt32() > 15, report.ToString());
        var violations = report.GetProperty("violations").EnumerateArray().Select(static violation => violation.GetString()).ToList();
        Assert.True(violations.Count == 0, $"{place}\n{string.Join('\n', violations)}");
    }

    private async Task PlayAsync(string name, string scenario)
    {
        await using var run = FarmProcess.Start(_folder, scenario, name);
        await run.WaitForExitAsync(TimeSpan.FromSeconds(120));
        Assert.True(File.Exists(_folder.PathOf($"{name}/report.html")), run.Output);
    }

    private StoredRun Read(string name)
    {
        Assert.True(StoredRunReader.TryRead(_folder.PathOf(name), out var run, out var fault), fault?.Format());
        return run;
    }
}
