using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UeFarm.Farm.Report;

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
        var port = FreePort();
        await using var run = GoingRun.Start(Scenario, $"metrics.port={port.ToString(CultureInfo.InvariantCulture)}", "metrics.linger=1h");
        await run.NoticeAsync("the last values are served for 3600 s");
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), TestContext.Current.CancellationToken);
        var result = await run.EndAsync();

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
