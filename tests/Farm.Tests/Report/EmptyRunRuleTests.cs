using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Tests.Report;

public class EmptyRunRuleTests
{
    private static readonly RegistrationResult Registered = new(10, 1, 9, 0);
    private static readonly RegistrationResult NobodyRegistered = new(10, 0, 30, 0);

    [Fact]
    public void A_run_without_any_registration_says_nothing_even_if_it_was_about_registrations_alone()
    {
        Assert.Equal("none of 10 phones ever registered", EmptyRunRule.FindFault(new LedgerResult(5, 0, 0, 0, 5, 0, 0), NobodyRegistered, []));
        Assert.Equal("none of 10 phones ever registered", EmptyRunRule.FindFault(new LedgerResult(0, 0, 0, 0, 0, 0, 0), NobodyRegistered, []));
    }

    [Theory]
    [InlineData(0, 0, 0, 0, true)]
    [InlineData(1, 0, 0, 0, false)]
    [InlineData(0, 1, 0, 0, false)]
    [InlineData(0, 0, 1, 0, false)]
    [InlineData(0, 0, 0, 1, false)]
    public void Messages_of_which_none_got_anywhere_say_nothing(int accepted, int rejected, int expired, int stored, bool isEmpty)
    {
        var ledger = new LedgerResult(5, accepted, rejected, expired, 5 - accepted - rejected - expired - stored, stored, 0);
        Assert.Equal(isEmpty ? "all 5 messages failed" : null, EmptyRunRule.FindFault(ledger, Registered, []));
    }

    [Fact]
    public void Without_messages_registrations_are_what_is_measured() =>
        Assert.Null(EmptyRunRule.FindFault(new LedgerResult(0, 0, 0, 0, 0, 0, 0), Registered, []));

    [Theory]
    [InlineData("failed.share == 100%", true, false)]
    [InlineData("accepted == 0", true, false)]
    [InlineData("registered == 0", false, true)]
    [InlineData("unaccounted == 0", false, false)]
    [InlineData("registration.p99 < 1s", false, false)]
    public void A_threshold_on_what_is_missing_is_the_scenarios_own_word(string text, bool coversMessages, bool coversPhones)
    {
        ThresholdResult[] thresholds = [new(Samples.Threshold(text), ThresholdOutcome.Held, 0, 1)];
        Assert.Equal(coversMessages, EmptyRunRule.FindFault(new LedgerResult(5, 0, 0, 0, 5, 0, 0), Registered, thresholds) is null);
        Assert.Equal(coversPhones, EmptyRunRule.FindFault(new LedgerResult(0, 0, 0, 0, 0, 0, 0), NobodyRegistered, thresholds) is null);
    }
}
