using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>A template for the phones' public identities.</summary>
internal sealed class ImpuKind : OptionKind<ImpuTemplate>
{
    private const int MaxLength = 200;

    public override string Name => "identity template";

    public override string Allowed => "a SIP URI with {index} (or {index:000000}) and {domain}";

    public override bool TryRead(string text, out ImpuTemplate value, out OptionProblem problem)
    {
        problem = default;
        if (!ImpuTemplate.TryParse(text, out value, out var fault))
        {
            problem = new OptionProblem(fault, "use the placeholders {index}, {index:000000} and {domain} only");
            return false;
        }

        // An emergency URN is let through to here, so that the safety guard refuses it by name and not as a wrong scheme.
        var isUri = text.StartsWith("sip:", StringComparison.Ordinal) || text.StartsWith("urn:service:", StringComparison.OrdinalIgnoreCase);
        var hasForbidden = text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || letter is '<' or '>' or '"');
        if (!isUri || hasForbidden || text.Length > MaxLength
            || (text.StartsWith("sip:", StringComparison.Ordinal) && !text.Contains('@', StringComparison.Ordinal)))
        {
            problem = new OptionProblem("does not give SIP URIs", "write it like sip:ue{index:000000}@{domain}");
            return false;
        }

        return true;
    }

    public override JsonObject CreateSchema() => Pattern(@"^[^\s<>""]{1,200}$");
}
