using System.Globalization;
using PuppeteerSharp;
using PuppeteerSharp.Media;
using UeFarm.Farm.Report;
using UeFarm.Farm.Report.Stored;
using Xunit;

namespace UeFarm.Interop.Tests.Report;

/// <summary>Reports as Chromium shows them, on a desk and on a phone, by day, by night and on paper.</summary>
[Collection(UnhurriedProcesses.Name)]
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
        await using var chromium = await Chromium.StartAsync(_folder);
        await PlayAsync("virtual", Scenario);
        await PlayAsync("real", Scenario.Replace("clock: virtual", "clock: real", StringComparison.Ordinal)
            .Replace("network: { latency: 20ms }, ", "", StringComparison.Ordinal).Replace("for: 20s", "for: 3s", StringComparison.Ordinal)
            .Replace("for: 30s", "for: 5s", StringComparison.Ordinal).Replace("for: 10s", "for: 2s", StringComparison.Ordinal));
        var comparison = _folder.PathOf("comparison.html");
        ReportFiles.WriteComparison(comparison, Read("virtual"), Read("real"));

        foreach (var file in new[] { _folder.PathOf("virtual/report.html"), _folder.PathOf("real/report.html"), comparison })
        {
            foreach (var (width, isDark) in new[] { (1280, false), (1280, true), (390, false), (390, true) })
            {
                await AssertReadableAsync(chromium, file, width, isDark);
            }
        }
    }

    private static async Task AssertReadableAsync(Chromium chromium, string file, int width, bool isDark)
    {
        var folder = Path.GetFileName(Path.GetDirectoryName(file));
        var place = string.Create(
            CultureInfo.InvariantCulture, $"{folder}-{Path.GetFileNameWithoutExtension(file)}-{width}{(isDark ? "-dark" : "")}");
        var address = new Uri(file).AbsoluteUri;
        await using var page = await chromium.OpenAsync(address, width, isDark);
        Assert.Empty(page.Complaints);
        Assert.Equal([address], page.Requests);
        await page.AssertReadableAsync(place, width, isDark);
        Assert.Empty(page.Complaints);
        await page.KeepPictureAsync(place);
        if (Environment.GetEnvironmentVariable("UEFARM_SCREENSHOTS") is { Length: > 0 } album)
        {
            await page.Page.PdfAsync(Path.Combine(album, place + ".pdf"), new PdfOptions { Format = PaperFormat.A4 });
        }
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
