using UeFarm.Actors.Attack;
using UeFarm.Actors.Run;
using UeFarm.Actors.Tests.Cluster;
using UeFarm.Actors.Traffic;
using Xunit;

namespace UeFarm.Actors.Tests.Run;

public sealed class RunChangeRulesTests
{
    private static readonly RunChangeRequest Rate = new() { Kind = RunChangeKind.Rate, By = "test" };
    private static readonly RunChangeRequest Scale = new() { Kind = RunChangeKind.Scale, By = "test" };

    [Fact]
    public async Task A_rate_becomes_a_factor_of_the_phase_of_its_time()
    {
        var settings = await SettingsAsync();

        Assert.Equal(new RunChange(RunChangeKind.Rate, Seconds(4), "test", Factor: 4), RunChangeRules.Decide(settings, Rate with { RatePerSecond = 200 }, Seconds(4), out _));
        Assert.Equal(2, RunChangeRules.Decide(settings, Rate with { RatePerSecond = 200 }, Seconds(25), out _)!.Factor);
        Assert.Equal(0, RunChangeRules.Decide(settings, Rate with { RatePerSecond = 0 }, Seconds(12), out _)!.Factor);
        Assert.Equal(
            "rate: the phase quiet sends no messages, so there is no factor that makes 20/s of them\n"
            + "    remedy:  give a factor (x2, 50%), which counts from the next phase with messages on",
            Refusal(settings, Rate with { RatePerSecond = 20 }, 12));
        Assert.Equal(0.5, RunChangeRules.Decide(settings, Rate with { Factor = 0.5 }, Seconds(12), out _)!.Factor);
    }

    [Fact]
    public async Task The_ceiling_of_the_scenario_holds_for_the_busiest_phase_to_come_and_with_attacks()
    {
        var settings = await SettingsAsync();

        Assert.Equal(
            "rate: x4.5 makes 450/s in the phase storm, with attacks more than limits.maxRate (420/s)\n    remedy:  use x4 or less",
            Refusal(settings, Rate with { Factor = 4.5 }, 1));
        Assert.NotNull(RunChangeRules.Decide(settings, Rate with { Factor = 4 }, Seconds(1), out _));
        Assert.NotNull(RunChangeRules.Decide(settings, Rate with { Factor = 8 }, Seconds(31), out _));
    }

    [Fact]
    public async Task Phones_are_a_number_or_a_share_and_no_more_than_there_are()
    {
        var settings = await SettingsAsync();

        Assert.Equal(
            new RunChange(RunChangeKind.Scale, Seconds(4), "test", Phones: 33, Within: Seconds(7)),
            RunChangeRules.Decide(settings, Scale with { Share = 0.333, Within = Seconds(7) }, Seconds(4), out _));
        Assert.Equal((100, RunChangeRules.UsualWithin), Decided(Scale with { Phones = 100 }));
        Assert.Equal(
            "scale: 101 phones are more than subscribers.count (100)\n    remedy:  use all, a percentage up to 100%, or 0 to 100",
            Refusal(settings, Scale with { Phones = 101 }, 4));

        (int, TimeSpan) Decided(RunChangeRequest request)
        {
            var change = RunChangeRules.Decide(settings, request, Seconds(4), out _)!;
            return (change.Phones, change.Within);
        }
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(null)]
    public async Task What_is_no_factor_is_refused(double? factor) =>
        Assert.Equal(
            "rate: is not a factor of 0 or more\n    remedy:  write it like x2, 50% or 200/s; 0 pauses",
            Refusal(await SettingsAsync() with { HighestRate = double.PositiveInfinity }, Rate with { Factor = factor }, 1));

    [Fact]
    public async Task After_the_last_phase_there_is_nothing_to_change() =>
        Assert.StartsWith("run: its last phase ends before", Refusal(await SettingsAsync(), Rate with { Factor = 1 }, 40), StringComparison.Ordinal);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static string Refusal(FarmRunSettings settings, RunChangeRequest request, double at)
    {
        Assert.Null(RunChangeRules.Decide(settings, request, Seconds(at), out var refusal));
        return refusal!.ToString();
    }

    private static async Task<FarmRunSettings> SettingsAsync()
    {
        PhasePlan[] phases =
        [
            new() { Name = "steady", Duration = Seconds(10) },
            new() { Name = "quiet", Duration = Seconds(10), RatePerSecond = 0 },
            new() { Name = "storm", Duration = Seconds(10), RatePerSecond = 100 },
            new() { Name = "end", Duration = Seconds(10) },
        ];
        var settings = await new TestRunFactory("", phases, rate: 50).CreateSettingsAsync("100", [], CancellationToken.None);
        return settings with { HighestRate = 420, Attacks = new AttackPlan(new Dictionary<AttackKind, double> { [AttackKind.Replay] = 20 }) };
    }
}
