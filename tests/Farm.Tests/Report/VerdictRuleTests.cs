using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Tests.Report;

public class VerdictRuleTests
{
    [Theory]
    [InlineData(true, true, true, false, 0, RunVerdict.Pass)]
    [InlineData(true, true, false, false, 99, RunVerdict.Fail)]
    [InlineData(true, false, true, false, 97, RunVerdict.Invalid)]
    [InlineData(true, false, false, false, 97, RunVerdict.Invalid)]
    [InlineData(false, true, true, false, 98, RunVerdict.Fail)]
    [InlineData(false, false, false, false, 98, RunVerdict.Fail)]
    [InlineData(true, true, true, true, 105, RunVerdict.Stopped)]
    [InlineData(true, false, false, true, 105, RunVerdict.Stopped)]
    [InlineData(false, false, false, true, 98, RunVerdict.Fail)]
    internal void A_broken_promise_comes_before_a_bad_measurement_before_a_failed_threshold(
        bool invariantsHold, bool isValid, bool thresholdsHold, bool isStopped, int exitCode, RunVerdict expected)
    {
        var invariants = Samples.HeldInvariants.Select(invariant => invariant with { Held = invariantsHold || invariant.Number != 4 }).ToArray();
        var threshold = new ThresholdResult(Samples.Threshold("sent > 5"), thresholdsHold ? ThresholdOutcome.Held : ThresholdOutcome.Failed, 6, 1);

        var (verdict, reason, code) = VerdictRule.Decide(invariants, [threshold], Samples.HealthyGenerator with { IsValid = isValid }, null, isStopped);

        Assert.Equal((expected, exitCode), (verdict, (int)code));
        Assert.Equal(!invariantsHold, reason == "invariant broken: order");
    }

    [Fact]
    public void A_threshold_without_samples_is_never_a_pass()
    {
        var threshold = new ThresholdResult(Samples.Threshold("rejected == 0"), ThresholdOutcome.NoSamples, null, 0);

        Assert.Equal(99, (int)VerdictRule.Decide(Samples.HeldInvariants, [threshold], Samples.HealthyGenerator, null, false).Code);
    }

    [Theory]
    [InlineData(true, false, false, 97, RunVerdict.Invalid)]
    [InlineData(true, true, false, 105, RunVerdict.Stopped)]
    [InlineData(false, false, false, 98, RunVerdict.Fail)]
    [InlineData(true, false, true, 97, RunVerdict.Invalid)]
    internal void A_run_in_which_nothing_happened_is_invalid_whatever_its_thresholds_say(
        bool invariantsHold, bool isStopped, bool thresholdFails, int exitCode, RunVerdict expected)
    {
        var invariants = Samples.HeldInvariants.Select(invariant => invariant with { Held = invariantsHold }).ToArray();
        var threshold = new ThresholdResult(Samples.Threshold("order_violations == 0"), thresholdFails ? ThresholdOutcome.Failed : ThresholdOutcome.Held, 0, 0);

        var (verdict, reason, code) = VerdictRule.Decide(invariants, [threshold], Samples.HealthyGenerator, "all 7 messages failed", isStopped);

        Assert.Equal((expected, exitCode), (verdict, (int)code));
        Assert.Equal(exitCode == 97, reason == "nothing was measured: all 7 messages failed");
    }
}
