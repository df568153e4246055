using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>What a node does. The other parts of the farm are named so that who asks for one learns how to get it.</summary>
internal sealed class RoleKind : OptionKind<NodeRole>
{
    private static readonly string[] NotAlone = ["ue", "core", "kms", "conductor"];

    public override string Name => "role";

    public override string Allowed => "as (the application server)";

    public override bool TryRead(string text, out NodeRole value, out OptionProblem problem)
    {
        value = NodeRole.ApplicationServer;
        problem = default;
        if (text == "as")
        {
            return true;
        }

        var roles = text.Split(',', StringSplitOptions.TrimEntries);
        problem = Array.TrueForAll(roles, role => role == "as" || NotAlone.Contains(role))
            ? new OptionProblem("is not there yet as a node of its own", "run it inside a scenario: uefarm run FILE")
            : new OptionProblem("is not a role", "write as");
        return false;
    }

    public override JsonObject CreateSchema() => new() { ["enum"] = new JsonArray("as") };
}
