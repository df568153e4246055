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

        | Option | Key |
        |---|---|

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
        return text.ToString();
    }
}
