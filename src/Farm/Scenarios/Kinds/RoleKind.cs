using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>What a node by itself does.</summary>
internal sealed class RoleKind : OptionKind<NodeRole>
{
    public override string Name => "role";

    public override string Allowed => "as (the application server)";

    public override bool TryRead(string text, out NodeRole value, out OptionProblem problem)
    {
        value = NodeRole.ApplicationServer;
        problem = text == "as" ? default : new OptionProblem("is not a role of a node by itself", "write as; roles of a cluster's node stand beside a section cluster");
        return text == "as";
    }

    public override JsonObject CreateSchema() => new() { ["enum"] = new JsonArray("as") };
}
