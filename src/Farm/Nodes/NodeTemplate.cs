using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Nodes;

/// <summary>Writes a commented node file of a kind with every option.</summary>
internal static class NodeTemplate
{
    private const string Heading = """
        # A stand-alone application server with every option. Values shown are the
        # defaults, or examples where there is none. Options behind a '#' are off.
        # Start it with: uefarm node --config FILE


        """;

    private const string ClusterHeading = """
        # A node of a cluster with every option. Values shown are the defaults, or
        # examples where there is none. Options behind a '#' are off.
        # Start it with: uefarm node --config FILE


        """;

    public static string Write(NodeRole role = NodeRole.ApplicationServer) => role == NodeRole.ApplicationServer
        ? ScenarioTemplate.Write(NodeFormat.Document, Heading)
        : ScenarioTemplate.Write(ClusterNodeFormat.Document, ClusterHeading);
}
