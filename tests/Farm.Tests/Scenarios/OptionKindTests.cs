using CsCheck;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Tests.Scenarios;

public class OptionKindTests
{
    [Theory]
    [InlineData("250ms", 0.25)]
    [InlineData("10s", 10)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    [InlineData("21d", 1_814_400)]
    [InlineData("10 s", 10)]
    public void Durations_are_read_in_their_unit(string text, double seconds)
    {
        Assert.True(new DurationKind(TimeSpan.Zero, TimeSpan.FromDays(365)).TryRead(text, out var value, out _));
        Assert.Equal(seconds, value.TotalSeconds);
    }

    [Theory]
    [InlineData("10", "has no unit")]
    [InlineData("", "is not a number with a unit")]
    [InlineData("s", "is not a number with a unit")]
    [InlineData("1.2.3s", "is not a number with a unit")]
    [InlineData("10S", "has the unknown unit 'S'")]
    [InlineData("10sec", "has the unknown unit 'sec'")]
    [InlineData("-1s", "is too short")]
    [InlineData("1000d", "is too long")]
    [InlineData("99999999999999999999999999999d", "is not a number with a unit|is out of every range")]
    [InlineData("9999999999999999d", "is out of every range")]
    public void Wrong_durations_say_what_is_wrong(string text, string problems)
    {
        Assert.False(new DurationKind(TimeSpan.Zero, TimeSpan.FromDays(365)).TryRead(text, out _, out var problem));
        Assert.Contains(problem.Problem, problems.Split('|'));
    }

    [Theory]
    [InlineData("500/s", 500)]
    [InlineData("90/m", 1.5)]
    [InlineData("1/h", 1.0 / 3600)]
    [InlineData("0/s", 0)]
    public void Rates_are_per_second(string text, double perSecond)
    {
        Assert.True(new RateKind(1000).TryRead(text, out var rate, out _));
        Assert.Equal(perSecond, rate.PerSecond, 12);
    }

    [Theory]
    [InlineData("off", null)]
    [InlineData("2000/s", 2000.0)]
    [InlineData("30/m", 0.5)]
    public void A_limit_is_a_rate_or_off(string text, double? perSecond)
    {
        Assert.True(new OptionalRateKind(1_000_000).TryRead(text, out var rate, out _));
        Assert.Equal(perSecond, rate?.PerSecond);
    }

    [Theory]
    [InlineData("0/s", "lets nothing through")]
    [InlineData("2000", "has no unit")]
    [InlineData("2000000/s", "is too high")]
    public void A_limit_that_is_none_is_refused_with_a_remedy(string text, string problem)
    {
        Assert.False(new OptionalRateKind(1_000_000).TryRead(text, out _, out var found));
        Assert.Equal(problem, found.Problem);
        Assert.NotEmpty(found.Remedy);
    }

    [Theory]
    [InlineData("160B", 160, 160)]
    [InlineData("160B-1400B", 160, 1400)]
    [InlineData("1kB-2KiB", 1000, 2048)]
    [InlineData("0.5kB", 500, 500)]
    public void Sizes_are_one_or_a_range(string text, int minimum, int maximum)
    {
        Assert.True(new SizeRangeKind(1, 60_000).TryRead(text, out var range, out _));
        Assert.Equal(new ByteRange(minimum, maximum), range);
    }

    [Theory]
    [InlineData("160")]
    [InlineData("160-1400")]
    [InlineData("160B-")]
    [InlineData("-160B")]
    [InlineData("0B")]
    [InlineData("0.3B")]
    [InlineData("1MB")]
    [InlineData("20B-10B")]
    public void Wrong_sizes_are_refused(string text) => Assert.False(new SizeRangeKind(1, 60_000).TryRead(text, out _, out _));

    [Fact]
    public void Every_duration_survives_being_written_and_read() =>
        Gen.Long[0, 10_000_000].Select(ticks => TimeSpan.FromMilliseconds(ticks)).Sample(duration =>
            new DurationKind(TimeSpan.Zero, TimeSpan.FromDays(365)).TryRead(UnitText.Duration(duration), out var read, out _) && read == duration);

    [Fact]
    public void No_text_makes_a_kind_throw()
    {
        var kinds = ScenarioFormat.Options.Select(option => option.Kind).ToArray();
        Gen.Select(Gen.String[Gen.Char["0123456789.-/%{}:;@[]=<>\"'\n abskMBiepluo"], 0, 40], Gen.Int[0, kinds.Length - 1]).Sample((text, index) =>
        {
            var isRead = kinds[index].TryReadObject(text, out _, out var problem);
            return isRead || problem.Problem.Length > 0;
        });
    }

    [Theory]
    [InlineData("sip:ue{index:0000}@{domain}", "sip:ue0007@d")]
    [InlineData("sip:{index}@{domain}", "sip:7@d")]
    [InlineData("sip:a@b", "sip:a@b")]
    public void Identities_follow_the_template(string template, string expected)
    {
        Assert.True(new ImpuKind().TryRead(template, out var impu, out _));
        Assert.Equal(expected, impu.Format(7, "d"));
    }

    [Theory]
    [InlineData("sip:{indx}@{domain}")]
    [InlineData("sip:{index:}@{domain}")]
    [InlineData("sip:{index:00x}@{domain}")]
    [InlineData("sip:{index:0000000000000}@{domain}")]
    [InlineData("sip:{index@domain")]
    [InlineData("tel:+1{index}")]
    [InlineData("sip:{index}")]
    [InlineData("sip:a b{index}@x")]
    [InlineData("sip:{index}@x\r\nVia: y")]
    public void Templates_that_give_no_identities_are_refused(string template) => Assert.False(new ImpuKind().TryRead(template, out _, out _));

    [Theory]
    [InlineData("sip:pcscf.lab", "pcscf.lab", 5060)]
    [InlineData("SIP:pcscf.lab:5070", "pcscf.lab", 5070)]
    [InlineData("sip:[2001:db8::1]:5070", "2001:db8::1", 5070)]
    [InlineData("sip:[2001:db8::1]", "2001:db8::1", 5060)]
    public void Cores_are_host_and_port(string text, string host, int port)
    {
        Assert.True(new CoreTargetKind().TryRead(text, out var target, out _));
        Assert.Equal((host, port), (target.Host, target.Port));
    }

    [Theory]
    [InlineData("sip:")]
    [InlineData("sip:host:0")]
    [InlineData("sip:host:x")]
    [InlineData("sip:user@host")]
    [InlineData("sip:2001:db8::1")]
    [InlineData("sip:host;transport=tls")]
    [InlineData("sip:host;transport=tcp;lr")]
    [InlineData("Embedded")]
    public void Other_cores_are_refused(string text) => Assert.False(new CoreTargetKind().TryRead(text, out _, out _));

    [Theory]
    [InlineData("trafic", "traffic")]
    [InlineData("max-ues", "maxUes")]
    [InlineData("holdtime", "holdTime")]
    [InlineData("nmae", "name")]
    [InlineData("zzz", null)]
    [InlineData("", null)]
    public void The_nearest_known_key_is_found(string word, string? expected) =>
        Assert.Equal(expected, Nearest.Of(word, ["name", "traffic", "maxUes", "holdTime"]));
}
