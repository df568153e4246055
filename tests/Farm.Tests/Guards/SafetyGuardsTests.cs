using UeFarm.Farm.Guards;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Guards;

public class SafetyGuardsTests
{
    [Theory]
    [InlineData("target.core=sip:192.0.2.1", "target.core")]
    [InlineData("target.core=sip:[2001:db8::1]:5060", "target.core")]
    [InlineData("target.allow=[10.0.0.0/8]", "target.allow")]
    [InlineData("target.listen=10.0.0.1:5060", "target.allow")]
    [InlineData("target={ as: 'sip:192.0.2.1', listen: '127.0.0.1:5060' }", "target.as")]
    [InlineData("limits.maxUes=99", "subscribers.count")]
    [InlineData("limits.maxRate=9/s", "traffic.rate")]
    [InlineData("phases[1].rate=10001/s", "traffic.rate")]
    [InlineData("faults.attacks.replay=9991/s", "traffic.rate")]
    [InlineData("limits.maxDuration=29s", "phases")]
    [InlineData("subscribers.impu=urn:service:sos{index}", "subscribers.impu")]
    [InlineData("subscribers.impu=sip:urn%3Aservice%3Asos.police{index}@x", "subscribers.impu")]
    public void What_is_not_allowed_is_refused(string change, string path) => Assert.Equal(path, Assert.Single(Check(change)).Path);

    [Theory]
    [InlineData("target.core=sip:127.0.0.1:5060")]
    [InlineData("target.core=sip:localhost:5060")]
    [InlineData("target={ as: 'sip:127.0.0.2:5090', listen: '127.0.0.1:5060' }")]
    [InlineData("target.core=sip:[::1]:5060")]
    [InlineData("target.core=sip:[::ffff:127.0.0.1]:5060")]
    [InlineData("target.core=sip:pcscf.lab")]
    [InlineData("limits.maxUes=100")]
    [InlineData("limits.maxRate=10/s")]
    [InlineData("limits.maxDuration=30s")]
    public void What_is_allowed_or_a_name_to_be_looked_up_later_passes(string change) => Assert.Empty(Check(change));

    [Fact]
    public void A_month_of_virtual_time_is_not_too_long() => Assert.Empty(Check("clock=virtual", "phases[1].for=30d"));

    [Theory]
    [InlineData("urn:service:sos", true)]
    [InlineData("URN:Service:SOS.fire", true)]
    [InlineData("sip:sos@ims.example", true)]
    [InlineData("sip:%73os@ims.example", true)]
    [InlineData("sip:sos.ambulance@ims.example", true)]
    [InlineData("sip:ue000112@ims.example", false)]
    [InlineData("sip:sosa@ims.example", false)]
    [InlineData("sip:ue@sos.example", false)]
    public void Emergency_addresses_are_known_in_every_spelling(string uri, bool isEmergency) => Assert.Equal(isEmergency, SafetyGuards.IsEmergency(uri));

    [Fact]
    public void Several_refusals_are_reported_together() => Assert.Equal(3, Check("limits.maxUes=1", "limits.maxRate=1/s", "limits.maxDuration=1s").Count);

    private static IReadOnlyList<GuardRefusal> Check(params string[] changes) => SafetyGuards.Check(RunPlan.Of(Samples.Scenario(Samples.Minimal, changes)));
}
