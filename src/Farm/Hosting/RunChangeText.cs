using System.Globalization;
using UeFarm.Actors.Run;
using UeFarm.Actors.Traffic;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Hosting;

/// <summary>Changes of a run that goes on, as operators write them.</summary>
internal static class RunChangeText
{
    public const string AllowedRate = "x2 (times what the phases say), 50% (of it), 200/s (in the phase of that moment; units /s, /m, /h), 0 (pause)";

    private const double HighestRate = 1_000_000;

    private static readonly PhoneAmountKind Amount = new();
    private static readonly DurationKind Time = new(TimeSpan.Zero, TimeSpan.FromDays(365));

    public static string AllowedScale => Amount.Allowed;

    /// <summary>False: it is none; the problem says why.</summary>
    /// <param name="kind">Which knob.</param>
    /// <param name="text">Its value.</param>
    /// <param name="within">Of a number of phones: how long they take; null: as usual.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="problem">Of the value, or of the time with its name in front.</param>
    public static bool TryRead(RunChangeKind kind, string text, string? within, string by, out RunChangeRequest request, out OptionProblem problem) =>
        kind == RunChangeKind.Rate ? TryReadRate(text, by, out request, out problem) : TryReadScale(text, within, by, out request, out problem);

    private static bool TryReadRate(string text, string by, out RunChangeRequest request, out OptionProblem problem)
    {
        request = new RunChangeRequest { Kind = RunChangeKind.Rate, By = by };
        problem = default;
        var value = text.Trim();
        if (value == "0")
        {
            request = request with { Factor = 0 };
            return true;
        }

        if (value.StartsWith('x'))
        {
            const NumberStyles Style = NumberStyles.AllowDecimalPoint;
            request = request with { Factor = double.TryParse(value.AsSpan(1), Style, CultureInfo.InvariantCulture, out var factor) ? factor : null };
        }
        else if (value.EndsWith('%'))
        {
            request = request with { Factor = Quantity.TryRead(value, [("%", 1)], "50%", out var percent, out _) && percent >= 0 ? (double)(percent / 100) : null };
        }
        else if (new RateKind(HighestRate).TryRead(value, out var rate, out problem))
        {
            request = request with { RatePerSecond = rate.PerSecond };
            return true;
        }

        problem = new OptionProblem(problem.Problem is null ? "is no factor of 0 or more" : problem.Problem, $"write {AllowedRate}");
        return request.Factor is { } read && double.IsFinite(read);
    }

    private static bool TryReadScale(string text, string? within, string by, out RunChangeRequest request, out OptionProblem problem)
    {
        request = new RunChangeRequest { Kind = RunChangeKind.Scale, By = by };
        if (!Amount.TryRead(text, out var amount, out problem))
        {
            return false;
        }

        request = request with { Phones = amount.Number, Share = amount.Number is null ? amount.Fraction : null };
        if (within is null)
        {
            return true;
        }

        var isTime = Time.TryRead(within, out var time, out problem);
        problem = new OptionProblem($"with within '{within}': {problem.Problem}", problem.Remedy);
        request = request with { Within = time };
        return isTime;
    }
}
