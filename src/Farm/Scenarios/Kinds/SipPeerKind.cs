using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>A SIP address of somebody else: host, optional port and optional transport; the scheme may be left out.</summary>
internal sealed class SipPeerKind : OptionKind<SipTarget>
{
    public override string Name => "SIP address";

    public override string Allowed => "[sip:]HOST[:PORT][;transport=tcp|udp]";

    public override bool TryRead(string text, out SipTarget value, out OptionProblem problem)
    {
        problem = default;
        value = SipTarget.Embedded;
        if (!SipTargetText.WantsTls(text) && SipTargetText.TryRead(text, out value))
        {
            return true;
        }

        problem = new OptionProblem(
            SipTargetText.WantsTls(text) ? SipTargetText.TlsProblem : "is not a SIP address of host, port and transport alone",
            "write it like 127.0.0.1:5060;transport=tcp");
        return false;
    }

    public override JsonObject CreateSchema() => Pattern($"^({SipTargetText.Scheme})?{SipTargetText.HostPattern}$");
}
