using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary><c>embedded</c>, <c>external</c>, or a SIP URI of host, optional port and optional transport.</summary>
internal sealed class ApplicationServerTargetKind : OptionKind<ApplicationServerTarget>
{
    public override string Name => "application server";

    public override string Allowed => "embedded, external, or sip:HOST[:PORT][;transport=tcp|udp]";

    public override bool TryRead(string text, out ApplicationServerTarget value, out OptionProblem problem)
    {
        problem = default;
        value = text == "external" ? ApplicationServerTarget.External : ApplicationServerTarget.Embedded;
        if (text is "embedded" or "external")
        {
            return true;
        }

        if (SipTargetText.HasScheme(text) && SipTargetText.TryRead(text, out var address))
        {
            value = new ApplicationServerTarget(false, address);
            return true;
        }

        var nearest = Nearest.Of(text, ["embedded", "external"]);
        problem = new OptionProblem(
            SipTargetText.WantsTls(text) ? SipTargetText.TlsProblem : "is neither embedded, external nor a SIP URI of host, port and transport alone",
            nearest is null ? "write it like sip:127.0.0.1:5090" : $"did you mean {nearest}?");
        return false;
    }

    public override JsonObject CreateSchema() => Pattern($"^(embedded|external|{SipTargetText.Scheme}{SipTargetText.HostPattern})$");
}
