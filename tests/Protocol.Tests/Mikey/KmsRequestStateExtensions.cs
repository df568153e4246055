using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Exchanges;

namespace UeFarm.Protocol.Tests.Mikey;

internal static class KmsRequestStateExtensions
{
    /// <summary>Offers the REQUEST_RESP of the scenario to a changed memory of the request.</summary>
    public static bool TryVerifyAnswer(this KmsRequestState original, KmsRequestState changed, MikeyScenario scenario, out MikeyFailure failure)
    {
        ArgumentNullException.ThrowIfNull(original);
        return changed.TryVerify(scenario.Message("REQUEST_RESP"), MikeyDataType.RequestResp, scenario.PskI, out _, out _, out failure);
    }
}
