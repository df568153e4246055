using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary><c>embedded</c>, or a SIP URI of host, optional port and optional transport.</summary>
internal sealed class CoreTargetKind : OptionKind<SipTarget>
{
    public override string Name => "core";

    public override string Allowed => "embedded, or sip:HOST[:PORT][;transport=tcp|udp]";

    public override bool TryRead(string text, out SipTarget value, out OptionProblem problem)
    {
        problem = default;
        value = SipTarget.Embedded;
        if (text == "embedded")
        {
            return true;
        }

        if (!SipTargetText.HasScheme(text))
        {
            problem = new OptionProblem(
                SipTargetText.WantsTls(text) ? SipTargetText.TlsProblem : "is neither embedded nor a SIP URI", "write it like sip:pcscf.lab:5060;transport=tcp");
            return false;
        }

        if (!SipTargetText.TryRead(text, out value))
        {
            problem = new OptionProblem("is not a SIP URI of host, port and transport alone", "write it like sip:pcscf.lab:5060;transport=tcp");
            return false;
        }

        return true;
    }

    public override JsonObject CreateSchema() => Pattern($"^(embedded|{SipTargetText.Scheme}{SipTargetText.HostPattern})$");
}
