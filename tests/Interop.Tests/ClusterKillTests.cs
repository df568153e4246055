using System.Globalization;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>A cluster whose oldest node (core, application server, conductor, a third of the phones) is killed in the middle of the traffic.</summary>
[Collection(ClusterLosses.Name)]
public sealed class ClusterKillTests
{
    private const int Phones = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private const string Scenario =
        """
        version: 1
        name: killed-node
        seed: 5
        target: { domain: ims.example, core: embedded, as: embedded, kms: embedded, allow: [127.0.0.0/8] }
        subscribers: { count: 300, auth: { scheme: md5, secretsFrom: derived } }
        security: { body: smime, sign: none, encrypt: aes-128-gcm, keys: mikey-ticket }
        replayCache: { entries: 1000, timestampBytes: 8, policy: modified }
        traffic: { rate: 30/s, arrivals: poisson, size: 40B-200B, recipients: { pick: uniform } }
        phases:
          - { name: steady, for: 45s }
          - { name: settle, traffic: off, for: 3s }
        """;

    [Fact]
    public async Task The_others_take_over_everything_and_the_promises_hold()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? "");
        using var folder = new TemporaryFolder();
        await using var database = await PostgresCluster.StartAsync("-c max_connections=100");
        await using var farm = FarmProcess.Start(folder, Scenario, "results", "--nodes", "3", "--store", database.ConnectionTo("lab"));
        await farm.WaitForSecondAsync(10, Patience);
        var oldest = ChildrenOf(farm.Id).Min();
        ProcessSignal.Send(oldest, ProcessSignal.Kill);

        var result = await farm.WaitForHeldAsync(Patience);
        Assert.Equal(0, result.Ledger.Unaccounted);
        Assert.Equal(Phones, result.Registrations.RegisteredAtEnd);
        Assert.True(result.Registrations.Succeeded >= 2 * Phones, "all phones registered again at the new core");
        Assert.True(result.Ledger.Accepted > result.Ledger.Sent / 4, farm.Output);
        Assert.Contains(result.Warnings, static warning => warning.Contains("took over as conductor", StringComparison.Ordinal));
    }

    private static List<int> ChildrenOf(int parent)
    {
        var children = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process))
            {
                continue;
            }

            try
            {
                // "pid (name) state parent ...": the name may hold blanks and brackets.
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                if (stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == parent.ToString(CultureInfo.InvariantCulture))
                {
                    children.Add(process);
                }
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return children;
    }
}
