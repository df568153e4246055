using System.Text;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Nodes;

/// <summary>Writes <c>docs/node.md</c>: the node file and the command line's names for its keys, from their declarations.</summary>
internal static class NodeReference
{
    private const string Introduction = """
        # The node file

        What `uefarm node` runs, as a YAML document (`--config FILE`), as options of the command line, or both: options beat the file. Everything is checked
        before anything starts, all mistakes are reported at once, and unknown keys are errors. Units are those of [scenarios](scenario.md); `applicationServer`
        and `sip` are the same keys as there. `uefarm init --role as` writes a commented file (`nodes/as.yaml`), `uefarm schema --role as` the JSON Schema
        (`nodes/node.schema.json`). How to run it: [application-server.md](application-server.md).

        A file with a section `cluster`, or with another role than `as` alone, is that of a node of a cluster: see [below](#a-node-of-a-cluster).

        | Option | Key |
        |---|---|

        """;

    private const string ClusterIntroduction = """

        # A node of a cluster

        `uefarm init --role ue` writes a commented file (`nodes/cluster.yaml`), `uefarm schema --role ue` the JSON Schema (`nodes/cluster.schema.json`). Of the options above
        `--role`, `--domain`, `--listen`, `--admin`, `--admin-token-file` and `--set` apply. What the parts of the farm do is said by the scenario that is submitted.
        How to run it: [cluster.md](cluster.md).

        """;

    public static string Write()
    {
        var text = new StringBuilder(Introduction);
        foreach (var (flag, option) in NodeFormat.Flags)
        {
            text.Append($"| `{flag}` | `{option.Path}` |\n");
        }

        text.Append("| `--set KEY=VALUE` | any |\n");
        ScenarioReference.WriteTables(text, NodeFormat.Document);
        text.Append(ClusterIntroduction);
        ScenarioReference.WriteTables(text, ClusterNodeFormat.Document);
        return text.ToString();
    }
}
