using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary><c>embedded</c>, or an http or https address without user information.</summary>
internal sealed class KmsTargetKind : OptionKind<KmsTarget>
{
    public override string Name => "KMS";

    public override string Allowed => "embedded, or an http:// or https:// address";

    public override bool TryRead(string text, out KmsTarget value, out OptionProblem problem)
    {
        problem = default;
        value = KmsTarget.Embedded;
        if (text == "embedded")
        {
            return true;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
        {
            problem = new OptionProblem("is neither embedded nor an HTTP address without user information", "write it like https://kms.lab/mikey");
            return false;
        }

        value = new KmsTarget(address);
        return true;
    }

    public override JsonObject CreateSchema() => Pattern("^(embedded|https?://.+)$");
}
