using UeFarm.Farm.Tests.Support;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Tests.Thresholds;

public class ThresholdEvaluatorTests
{
    [Theory]
    [InlineData("sent == 5", 5, true)]
    [InlineData("sent == 5", 6, false)]
    [InlineData("sent != 5", 6, true)]
    [InlineData("sent != 5", 5, false)]
    [InlineData("sent < 5", 4, true)]
    [InlineData("sent < 5", 5, false)]
    [InlineData("sent <= 5", 5, true)]
    [InlineData("sent <= 5", 6, false)]
    [InlineData("sent > 5", 6, true)]
    [InlineData("sent > 5", 5, false)]
    [InlineData("sent >= 5", 5, true)]
    [InlineData("sent >= 5", 4, false)]
    public void The_observed_value_stands_on_the_left(string text, double observed, bool isHeld)
    {
        var result = ThresholdEvaluator.Evaluate(Samples.Threshold(text), new Source(observed, 10));

        Assert.Equal((isHeld ? ThresholdOutcome.Held : ThresholdOutcome.Failed, observed, 10), (result.Outcome, result.Observed, result.Samples));
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, -1, true)]
    [InlineData(double.NaN, 10, true)]
    [InlineData(0, 10, false)]
    public void Without_samples_nothing_passes_even_when_the_numbers_would(double observed, long samples, bool isKnown)
    {
        var result = ThresholdEvaluator.Evaluate(Samples.Threshold("rejected == 0"), new Source(observed, samples, isKnown));

        Assert.Equal((ThresholdOutcome.NoSamples, (double?)null), (result.Outcome, result.Observed));
    }

    [Fact]
    public void Metric_labels_and_statistic_are_asked_for()
    {
        var source = new Source(1, 1);

        ThresholdEvaluator.Evaluate([Samples.Threshold("rejected{reason=\"stale\"}.share < 1%")], source);

        Assert.Equal(("rejected", "stale", "share"), source.Asked);
    }

    private sealed class Source(double value, long samples, bool isKnown = true) : IThresholdSource
    {
        public (string Metric, string? Reason, string? Stat) Asked { get; private set; }

        public bool TryGetValue(string metric, IReadOnlyDictionary<string, string> labels, string? stat, out double observed, out long count)
        {
            Asked = (metric, labels.GetValueOrDefault("reason"), stat);
            (observed, count) = (value, samples);
            return isKnown;
        }
    }
}
