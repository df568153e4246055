using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>A percentage from 0 to 100.</summary>
internal sealed class ShareKind : OptionKind<Share>
{
    public const string SchemaPattern = @"^[0-9]+(\.[0-9]+)? *%$";

    private static readonly (string, decimal)[] Units = [("%", 1)];

    public override string Name => "percentage";

    public override string Allowed => "a percentage from 0% to 100%";

    public override bool TryRead(string text, out Share value, out OptionProblem problem)
    {
        value = default;
        if (!Quantity.TryRead(text, Units, "5%", out var percent, out problem))
        {
            return false;
        }

        if (percent is < 0 or > 100)
        {
            problem = percent < 0 ? new OptionProblem("is negative", "use 0% or more") : new OptionProblem("is more than the whole", "use 100% or less");
            return false;
        }

        value = new Share((double)(percent / 100));
        return true;
    }

    public override JsonObject CreateSchema() => Pattern(SchemaPattern);
}
