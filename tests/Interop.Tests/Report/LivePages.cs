using System.Diagnostics;
using PuppeteerSharp;
using Xunit;

namespace UeFarm.Interop.Tests.Report;

/// <summary>What the tests of live pages look for.</summary>
internal static class LivePages
{
    public const string IsSending = "!document.querySelector('#run').hidden && Number(document.querySelector('#facts dd span').textContent) > 0";

    public const string IsEnded = "['PASS', 'FAIL', 'INVALID'].includes(document.querySelector('#stand').textContent)";

    public static async Task<string> AddressOfAsync(FarmProcess run, TimeSpan limit)
    {
        const string Announced = "live page: ";
        var line = await run.WaitForLineAsync(Announced, limit);
        return line[(line.IndexOf(Announced, StringComparison.Ordinal) + Announced.Length)..].Trim();
    }

    /// <summary>Asked from here: a page without eval has no function that could watch.</summary>
    public static async Task UntilAsync(IPage page, string condition)
    {
        var since = Stopwatch.GetTimestamp();
        while (!await page.EvaluateExpressionAsync<bool>(condition))
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(90), $"{condition}\n{await TextOfAsync(page, "header")}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public static Task<string> TextOfAsync(IPage page, string selector) =>
        page.EvaluateFunctionAsync<string>("selector => document.querySelector(selector).textContent", selector);
}
