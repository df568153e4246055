using System.Globalization;
using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>How many phones: all, a percentage, or a plain number of phones.</summary>
internal sealed class PhoneAmountKind : OptionKind<PhoneAmount>
{
    private readonly ShareKind _share = new();

    public override string Name => "number of phones";

    public override string Allowed => "all, a percentage from 0% to 100%, or a number of phones";

    public override bool TryRead(string text, out PhoneAmount value, out OptionProblem problem)
    {
        problem = default;
        value = PhoneAmount.All;
        if (text == "all")
        {
            return true;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            value = PhoneAmount.OfNumber(number);
            return true;
        }

        if (!_share.TryRead(text, out var share, out problem))
        {
            problem = problem.Problem == "is not a number with a unit" ? new OptionProblem("is not a number of phones", "write it like 60%, 300 or all")
                : problem;
            return false;
        }

        value = PhoneAmount.OfShare(share.Fraction);
        return true;
    }

    public override JsonObject CreateSchema() => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["const"] = "all" }, Pattern(ShareKind.SchemaPattern),
            new JsonObject { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = int.MaxValue }),
    };
}
