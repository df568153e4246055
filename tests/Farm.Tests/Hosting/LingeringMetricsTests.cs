using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Hosting;

/// <summary>metrics.linger: the last values can be scraped after the run, which is judged as if there had been no linger.</summary>
[Collection(WholeRuns.Name)]
public sealed class LingeringMetricsTests
{
    private const string Scenario = """
        version: 1
        name: lingers
        subscribers: { count: 4, auth: { scheme: md5, secretsFrom: derived } }
        traffic: { rate: 20/s, size: 40B }
        phases:
          - { name: only, for: 1s }
        """;

    [Fact]
    public async Task The_closed_ledger_is_served_until_somebody_ends_it_which_does_not_make_it_a_stopped_run()
    {
        using var folder = new TemporaryFolder();
        var port = FreePort();
        var read = ScenarioReader.Read(Scenario, "run.yaml", [$"metrics.port={port.ToString(CultureInfo.InvariantCulture)}", "metrics.linger=1h"]);
        Assert.True(read.IsValid);
        var view = new SilentView();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = new ScenarioRunner(TimeProvider.System).RunAsync(new RunRequest(read.Scenario, read.Source, PlayedRun.ResultsOf(folder)), view, stop.Token);
        while (!view.Notices.Any(notice => notice.Contains("the last values are served for 3600 s", StringComparison.Ordinal)))
        {
            Assert.False(running.IsCompleted);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        var result = (await running).Result;

        Assert.NotEqual(RunVerdict.Stopped, result.Verdict);
        Assert.Contains("\nuefarm_ledger_closed 1\n", page, StringComparison.Ordinal);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"\nuefarm_ledger_messages{{outcome=\"accepted\"}} {result.Ledger.Accepted}\n"), page, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
