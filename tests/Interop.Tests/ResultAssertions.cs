using UeFarm.Farm.Report;
using Xunit;

namespace UeFarm.Interop.Tests;

internal static class ResultAssertions
{
    /// <summary>Every message was accepted, but for those whose own sender left with them in hand.</summary>
    public static void AssertOnlyLeaversFailed(this ResultDocument result)
    {
        Assert.All(result.Failures, static failure => Assert.True(failure.Key == "offline" || failure.Value == 0, $"{failure.Value} failed: {failure.Key}"));
        Assert.Equal(result.Ledger.Sent, result.Ledger.Accepted + result.Ledger.Failed);
        Assert.Equal(0, result.Ledger.Unaccounted);
    }
}
