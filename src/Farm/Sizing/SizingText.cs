using System.Globalization;
using UeFarm.Actors.Metrics;
using UeFarm.Farm.Console;
using UeFarm.Farm.Scenarios;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>The outcome for a terminal of 80 columns: the answers first, then the curve, then what else was compared.</summary>
internal static class SizingText
{
    private const int BarWidth = 28;

    /// <summary>Capacities: exactly these, in this order; null: a selection.</summary>
    public static IEnumerable<string> Lines(SizingOutcome outcome, IReadOnlyList<int>? capacities)
    {
        var curve = outcome.Curve;
        yield return TextLayout.Fit($"Replay cache for {outcome.Source}");
        yield return "";
        yield return $"messages        {Count(outcome.Messages),14}   at {Plural(outcome.Phones, "phone", "phones")}, each with a cache of its own";
        yield return $"  first-time    {Count(outcome.Distinct),14}";
        yield return $"  replays       {Count(outcome.Replays),14}   never count and are never accepted";
        foreach (var line in Played(outcome))
        {
            yield return line;
        }

        yield return "";
        yield return $"{"tolerated loss",-18}{"entries",12}{"bytes",14}   with {LossAnswer.Confidence * 100:0} % confidence";
        yield return $"  {"none",-16}{Count(curve.MinCapacity),12}{Count((long)curve.MinCapacity * outcome.EntryBytes),14}   -";
        foreach (var answer in LossAnswer.Of(curve))
        {
            yield return Loss(answer, outcome.EntryBytes);
        }

        yield return "";
        yield return $"{"capacity",10}{"bytes",14}{"refused",14}{"share",11}";
        foreach (var capacity in capacities ?? CurveSamples.Of(curve))
        {
            yield return Row(curve, capacity, outcome.EntryBytes);
        }

        foreach (var line in Variants(outcome))
        {
            yield return line;
        }

        foreach (var line in Policies(outcome))
        {
            yield return line;
        }

        foreach (var remark in outcome.Remarks)
        {
            yield return "";
            foreach (var line in TextLayout.Wrap("note  ", remark))
            {
                yield return line;
            }
        }
    }

    /// <summary>How the scenario's own cache did, and what each phase needed.</summary>
    private static IEnumerable<string> Played(SizingOutcome outcome)
    {
        if (outcome.Capacity is not { } capacity)
        {
            yield break;
        }

        yield return "";
        yield return $"played with {Plural(capacity, "entry", "entries")} of {outcome.EntryBytes} bytes";
        foreach (var (name, value) in outcome.Facts)
        {
            yield return $"  {name,-14}{Count(value),14}";
        }

        yield return "";
        yield return $"{"phase",-24}{"first-time",12}{"loss-free",12}";
        foreach (var phase in outcome.Phases)
        {
            yield return $"  {phase.Name,-22}{Count(phase.Messages),12}{Count(phase.MinCapacity),12}";
        }
    }

    private static string Loss(LossAnswer answer, int entryBytes)
    {
        var share = answer.Loss >= 1e-3 ? "1 in 1,000" : "1 in 1,000,000";
        var confident = answer.ConfidentCapacity is { } capacity ? $"{Count(capacity)} entries" : $"too few messages (at least {Count(answer.MessagesNeeded)})";
        return $"  {share,-16}{Count(answer.Capacity),12}{Count((long)answer.Capacity * entryBytes),14}   {confident}";
    }

    private static string Row(CapacityCurve curve, int capacity, int entryBytes)
    {
        var rejected = curve.RejectedAt(capacity);
        var share = curve.Messages == 0 ? 0 : (double)rejected / curve.Messages;
        var bar = new string('#', (int)Math.Ceiling(share * BarWidth));
        return $"{Count(capacity),10}{Count((long)capacity * entryBytes),14}{Count(rejected),14}{Share(share),11}  {bar}".TrimEnd();
    }

    private static IEnumerable<string> Variants(SizingOutcome outcome)
    {
        if (outcome.Variants.Count == 0)
        {
            yield break;
        }

        yield return "";
        yield return $"{"compared with",-36}{"loss-free",11}{"bytes",12}{"1 in 1,000",12}";
        foreach (var variant in outcome.Variants.Prepend(new SizingVariant("as given", outcome.EntryBytes, outcome.Curve)))
        {
            var least = variant.Curve.MinCapacity;
            yield return TextLayout.Fit(
                $"  {variant.Name,-34}{Count(least),11}{Count((long)least * variant.EntryBytes),12}{Count(variant.Curve.CapacityFor(1e-3)),12}");
            foreach (var line in variant.Remark.Length > 0 ? TextLayout.Wrap("    ", variant.Remark) : [])
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> Policies(SizingOutcome outcome)
    {
        if (outcome.Policies.Count == 0)
        {
            yield break;
        }

        yield return "";
        yield return $"{$"policies at {Plural(outcome.Capacity!.Value, "entry", "entries")}",-28}{"stale",12}{"tie",10}{"future",10}{"twice",10}{"loss-free",10}";
        foreach (var policy in outcome.Policies)
        {
            var name = Label.Of(policy.Policy) + (policy.Detail.Length > 0 ? $", {policy.Detail}" : "");
            var least = policy.MinCapacity is { } capacity ? Count(capacity) : "-";
            yield return TextLayout.Fit(
                $"  {name,-26}{Count(policy.Stale),12}{Count(policy.Tie),10}{Count(policy.Future),10}{Count(policy.AcceptedTwice),10}{least,10}");
        }
    }

    private static string Plural(long number, string one, string many) => $"{Count(number)} {(number == 1 ? one : many)}";

    private static string Share(double share) => share == 0 ? "0" : share >= 0.001
        ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.###} %") : string.Create(CultureInfo.InvariantCulture, $"{share:0.0E+0}");

    private static string Count(long value) => UnitText.Count(value);
}
