using System.Globalization;
using System.Text;
using UeFarm.Farm.Guards;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Cluster;

/// <summary>What a cluster cannot play, although one process can.</summary>
internal static class ClusterScenarioRules
{
    /// <summary>The text goes to every node with the run's state.</summary>
    public const int LongestText = 512 * 1024;

    /// <summary>What it becomes with its overrides as JSON on the way to the conductor; a message between nodes is shorter than 1 MiB.</summary>
    public const int LongestSubmission = 960 * 1024;

    private const string OneProcess = "play it in one process: uefarm run FILE";

    public static bool IsTooLong(string text) => text.Length > LongestText || Encoding.UTF8.GetByteCount(text) > LongestText;

    public static IEnumerable<GuardRefusal> Check(Scenario scenario)
    {
        if (scenario.Clock == ScenarioClock.Virtual)
        {
            yield return new GuardRefusal("clock", "'virtual' is the time of one process", $"set clock to real, or {OneProcess}");
        }

        if (scenario.ApplicationServer.Store.Postgres is not null)
        {
            yield return new GuardRefusal("applicationServer.store", "is said by the nodes: mailboxes are beside the runs in cluster.store", "remove it");
        }

        if (scenario.Metrics.Port != 0)
        {
            yield return new GuardRefusal("metrics.port", string.Create(CultureInfo.InvariantCulture, $"'{scenario.Metrics.Port}' is a port of one process"),
                "remove it: each node has metrics at its admin endpoint");
        }

        if (scenario.PageListen is { } page)
        {
            yield return new GuardRefusal("page.listen", $"'{page}' is an address of one process", "remove it: each node serves the live page at its admin endpoint");
        }

        foreach (var threshold in scenario.Thresholds.Where(static threshold => threshold.Metric == ThresholdCatalogue.StoreMetric))
        {
            yield return new GuardRefusal("thresholds", $"'{threshold.Text}' is about a file of one process", $"remove it, or {OneProcess}");
        }
    }
}
