using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>Yes or no, in the words that YAML users expect.</summary>
internal sealed class SwitchKind : OptionKind<bool>
{
    public override string Name => "switch";

    public override string Allowed => "true, false, on or off";

    public override bool TryRead(string text, out bool value, out OptionProblem problem)
    {
        problem = default;
        value = text is "true" or "on";
        if (value || text is "false" or "off")
        {
            return true;
        }

        problem = new OptionProblem("is neither yes nor no", "write true or false");
        return false;
    }

    public override JsonObject CreateSchema() => new() { ["enum"] = new JsonArray(true, false, "on", "off") };
}
