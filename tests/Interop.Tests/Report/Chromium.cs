using System.Text.Json;
using Deque.AxeCore.Commons;
using PuppeteerSharp;
using Xunit;

namespace UeFarm.Interop.Tests.Report;

/// <summary>Pages as Chromium shows them: what it complained of and what it asked for, whether all can read them.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private readonly IBrowser _browser;

    private Chromium(IBrowser browser) => _browser = browser;

    public static async Task<Chromium> StartAsync(TemporaryFolder folder) => new(await Puppeteer.LaunchAsync(new LaunchOptions
    {
        ExecutablePath = Peer.Require("chromium", "chromium"),
        UserDataDir = folder.PathOf("profile"),
        // Chromium's own sandbox does not work for root and in containers; the pages are ours.
        Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking"],
    }));

    public async Task<OpenedPage> OpenAsync(string address, int width, bool isDark)
    {
        var page = new OpenedPage(await _browser.NewPageAsync());
        await page.ShowAsAsync(width, isDark);
        await page.Page.GoToAsync(address);
        return page;
    }

    public async ValueTask DisposeAsync() => await _browser.DisposeAsync();

    internal sealed class OpenedPage : IAsyncDisposable
    {
        public OpenedPage(IPage page)
        {
            Page = page;
            page.Console += (_, message) => Complaints.Add(message.Message.Text);
            page.PageError += (_, error) => Complaints.Add(error.Message);
            page.Request += (_, request) => Requests.Add(request.Request.Url);
        }

        public IPage Page { get; }

        public List<string> Complaints { get; } = [];

        public List<string> Requests { get; } = [];

        public async Task ShowAsAsync(int width, bool isDark)
        {
            await Page.SetViewportAsync(new ViewPortOptions { Width = width, Height = 900, IsMobile = width < 600 });
            await Page.EmulateMediaFeaturesAsync(
                [new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = isDark ? "dark" : "light" }]);
        }

        /// <summary>It fits, has the colours that were asked for, and breaks none of axe-core's rules: contrast, names, headings, tables, landmarks.</summary>
        public async Task AssertReadableAsync(string place, int width, bool isDark)
        {
            Assert.Equal(width, await Page.EvaluateExpressionAsync<int>("document.documentElement.scrollWidth"));
            Assert.Equal(isDark, await Page.EvaluateExpressionAsync<bool>("getComputedStyle(document.body).backgroundColor !== 'rgb(255, 255, 255)'"));
            await Page.EvaluateExpressionAsync(new BundledAxeScriptProvider().GetScript());
            var report = await Page.EvaluateFunctionAsync<JsonElement>(
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

        /// <summary>Into the folder that UEFARM_SCREENSHOTS names, if any.</summary>
        public async Task KeepPictureAsync(string place)
        {
            if (Environment.GetEnvironmentVariable("UEFARM_SCREENSHOTS") is { Length: > 0 } album)
            {
                await Page.EvaluateExpressionAsync("document.activeElement.blur()");
                await Page.ScreenshotAsync(Path.Combine(album, place + ".png"), new ScreenshotOptions { FullPage = true });
            }
        }

        public async ValueTask DisposeAsync() => await Page.DisposeAsync();
    }
}
