using System.Globalization;
using UeFarm.Actors.Traffic;

namespace UeFarm.Actors.Run;

/// <summary>Makes changes of what was asked for, within the ceilings of the scenario.</summary>
public static class RunChangeRules
{
    /// <summary>What moved phones take when nothing is said.</summary>
    public static readonly TimeSpan UsualWithin = TimeSpan.FromSeconds(5);

    /// <param name="settings">Of the run.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="at">When it would take effect, since the start of the first phase.</param>
    /// <param name="refusal">Why there is none; null when there is one.</param>
    public static RunChange? Decide(FarmRunSettings settings, RunChangeRequest request, TimeSpan at, out RunChangeRefusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(request);
        refusal = null;
        if (PhaseAt(settings, at) is not { } phase)
        {
            refusal = new RunChangeRefusal("run", "its last phase ends before the change could take effect", "give a longer last phase in another run");
            return null;
        }

        return request.Kind == RunChangeKind.Rate ? Rate(settings, request, at, phase, ref refusal) : Scale(settings, request, at, ref refusal);
    }

    private static RunChange? Rate(FarmRunSettings settings, RunChangeRequest request, TimeSpan at, int phase, ref RunChangeRefusal? refusal)
    {
        var factor = request.Factor;
        if (request.RatePerSecond is { } wanted)
        {
            var planned = settings.RateOf(phase);
            if (planned == 0 && wanted > 0)
            {
                refusal = new RunChangeRefusal(
                    "rate", $"the phase {settings.Phases[phase].Name} sends no messages, so there is no factor that makes {Text(wanted)}/s of them",
                    "give a factor (x2, 50%), which counts from the next phase with messages on");
                return null;
            }

            factor = planned == 0 ? 0 : wanted / planned;
        }

        if (factor is not >= 0 || !double.IsFinite(factor.Value))
        {
            refusal = new RunChangeRefusal("rate", "is not a factor of 0 or more", "write it like x2, 50% or 200/s; 0 pauses");
            return null;
        }

        var ceiling = settings.HighestRate - settings.Attacks.RatesPerSecond.Values.Sum();
        var busiest = Enumerable.Range(phase, settings.Phases.Count - phase).MaxBy(settings.RateOf);
        var most = ceiling / settings.RateOf(busiest);
        if (factor > most)
        {
            refusal = new RunChangeRefusal(
                "rate",
                $"x{Text(factor.Value)} makes {Text(settings.RateOf(busiest) * factor.Value)}/s in the phase {settings.Phases[busiest].Name}, "
                + $"with attacks more than limits.maxRate ({Text(settings.HighestRate)}/s)",
                $"use x{Text(Math.Floor(most * 10_000) / 10_000)} or less");
            return null;
        }

        return new RunChange(RunChangeKind.Rate, at, request.By, Factor: factor.Value);
    }

    private static RunChange? Scale(FarmRunSettings settings, RunChangeRequest request, TimeSpan at, ref RunChangeRefusal? refusal)
    {
        var phones = request.Phones ?? (int)Math.Round((request.Share ?? -1) * settings.Phones, MidpointRounding.AwayFromZero);
        if (phones < 0 || phones > settings.Phones)
        {
            refusal = new RunChangeRefusal(
                "scale", phones < 0 ? "is not a number of phones" : $"{phones} phones are more than subscribers.count ({settings.Phones})",
                $"use all, a percentage up to 100%, or 0 to {settings.Phones}");
            return null;
        }

        return new RunChange(RunChangeKind.Scale, at, request.By, Phones: phones, Within: request.Within ?? UsualWithin);
    }

    private static int? PhaseAt(FarmRunSettings settings, TimeSpan at)
    {
        var end = TimeSpan.Zero;
        for (var phase = 0; phase < settings.Phases.Count; phase++)
        {
            end += settings.Phases[phase].Duration;
            if (at < end)
            {
                return phase;
            }
        }

        return null;
    }

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
