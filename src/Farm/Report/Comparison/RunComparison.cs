using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Report.Comparison;

/// <summary>Two runs side by side: every figure that both, or one of them, have.</summary>
internal static class RunComparison
{
    public static IReadOnlyList<ComparedGroup> Of(ResultDocument before, ResultDocument after) =>
    [
        new("Messages", Ledger(before, after)),
        new("Rejected, by reason", ByName(before.Rejections, after.Rejections, CountsOf(before, after))),
        new("Failed, by reason", ByName(before.Failures, after.Failures, CountsOf(before, after))),
        .. Latencies(before, after),
        new("Generator", Generator(before, after)),
        new("Registrations", Registrations(before, after)),
        new("Replay cache, entries needed", Capacity(before.ReplayCapacity, after.ReplayCapacity)),
        .. Attacks(before, after),
        new("Memory", Memory(before.Memory, after.Memory)),
    ];

    /// <summary>Of runs with unlike traffic only shares can be judged.</summary>
    private static Direction CountsOf(ResultDocument before, ResultDocument after) =>
        Math.Abs(after.Ledger.Sent - before.Ledger.Sent) <= ComparedValue.Noise * before.Ledger.Sent ? Direction.LowerIsBetter : Direction.Neutral;

    private static List<ComparedValue> Ledger(ResultDocument before, ResultDocument after)
    {
        var (first, second) = (before.Ledger, after.Ledger);
        var direction = CountsOf(before, after);
        return
        [
            Count("sent", first.Sent, second.Sent, Direction.Neutral),
            new("accepted, share", Share(first.Accepted, first.Sent), Share(second.Accepted, second.Sent), ThresholdUnit.Share, Direction.HigherIsBetter),
            new("rejected, share", Share(first.Rejected, first.Sent), Share(second.Rejected, second.Sent), ThresholdUnit.Share, Direction.LowerIsBetter),
            new("failed, share", Share(first.Failed, first.Sent), Share(second.Failed, second.Sent), ThresholdUnit.Share, Direction.LowerIsBetter),
            Count("accepted", first.Accepted, second.Accepted, Direction.Neutral),
            Count("rejected", first.Rejected, second.Rejected, direction),
            Count("expired", first.Expired, second.Expired, direction),
            Count("failed", first.Failed, second.Failed, direction),
            Count("stored at the end", first.Stored, second.Stored, Direction.Neutral),
            Count("redelivered", first.Redelivered, second.Redelivered, direction),
            Count("unaccounted", first.Unaccounted, second.Unaccounted, Direction.LowerIsBetter),
        ];
    }

    private static IEnumerable<ComparedGroup> Latencies(ResultDocument before, ResultDocument after)
    {
        foreach (var name in before.Latencies.Concat(after.Latencies).Select(static latency => latency.Name).Distinct())
        {
            var first = before.Latencies.FirstOrDefault(latency => latency.Name == name && latency.Samples > 0);
            var second = after.Latencies.FirstOrDefault(latency => latency.Name == name && latency.Samples > 0);
            yield return new ComparedGroup(
                $"Latency: {name}",
                [
                    new("samples", first?.Samples, second?.Samples, ThresholdUnit.Count, Direction.Neutral), Time("50 %", first?.P50, second?.P50),
                    Time("90 %", first?.P90, second?.P90), Time("95 %", first?.P95, second?.P95), Time("99 %", first?.P99, second?.P99),
                    Time("99.9 %", first?.P999, second?.P999), Time("longest", first?.Max, second?.Max), Time("mean", first?.Mean, second?.Mean),
                ]);
        }
    }

    private static List<ComparedValue> Generator(ResultDocument before, ResultDocument after)
    {
        var (first, second) = (before.Generator, after.Generator);
        return
        [
            new("messages due per second", first.OfferedPerSecond, second.OfferedPerSecond, ThresholdUnit.Rate, Direction.Neutral),
            Time("lag, 99 %", first.LagP99Seconds, second.LagP99Seconds), Time("lag, longest", first.LagMaxSeconds, second.LagMaxSeconds),
            Time("processor time", first.CpuSeconds, second.CpuSeconds),
        ];
    }

    private static List<ComparedValue> Registrations(ResultDocument before, ResultDocument after)
    {
        var (first, second) = (before.Registrations, after.Registrations);
        return
        [
            Count("phones", first.Phones, second.Phones, Direction.Neutral), Count("succeeded", first.Succeeded, second.Succeeded, Direction.Neutral),
            Count("failed", first.Failed, second.Failed, Direction.LowerIsBetter),
            new(
                "registered at the end, share", Share(first.RegisteredAtEnd, first.Phones), Share(second.RegisteredAtEnd, second.Phones), ThresholdUnit.Share,
                Direction.HigherIsBetter),
        ];
    }

    private static List<ComparedValue> Capacity(CapacityResult? first, CapacityResult? second) =>
    [
        new("for no loss", first?.MinCapacity, second?.MinCapacity, ThresholdUnit.Count, Direction.LowerIsBetter),
        new("for one in a million", first?.CapacityForMillionth, second?.CapacityForMillionth, ThresholdUnit.Count, Direction.LowerIsBetter),
        new("for one in a thousand", first?.CapacityForThousandth, second?.CapacityForThousandth, ThresholdUnit.Count, Direction.LowerIsBetter),
    ];

    private static IEnumerable<ComparedGroup> Attacks(ResultDocument before, ResultDocument after)
    {
        foreach (var kind in before.Attacks.Concat(after.Attacks).Select(static attack => attack.Kind).Distinct())
        {
            var (first, second) = (before.Attacks.FirstOrDefault(attack => attack.Kind == kind), after.Attacks.FirstOrDefault(attack => attack.Kind == kind));
            yield return new ComparedGroup(
                $"Attack: {kind}",
                [
                    new("sent", first?.Sent, second?.Sent, ThresholdUnit.Count, Direction.Neutral),
                    new("accepted", first?.Accepted, second?.Accepted, ThresholdUnit.Count, Direction.LowerIsBetter),
                    new("rejected", first?.Rejected, second?.Rejected, ThresholdUnit.Count, Direction.Neutral),
                    new("unanswered", first?.Unanswered, second?.Unanswered, ThresholdUnit.Count, Direction.Neutral),
                ]);
        }
    }

    private static List<ComparedValue> Memory(MemoryResult? first, MemoryResult? second) =>
    [
        new("highest", first?.PeakWorkingSet, second?.PeakWorkingSet, ThresholdUnit.Size, Direction.LowerIsBetter),
        new("managed heap at the end", first?.ManagedHeap, second?.ManagedHeap, ThresholdUnit.Size, Direction.LowerIsBetter),
        new("replay caches", first?.ReplayCaches, second?.ReplayCaches, ThresholdUnit.Size, Direction.LowerIsBetter),
    ];

    /// <summary>A reason that a run does not name did not occur in it.</summary>
    private static List<ComparedValue> ByName(IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after, Direction direction) =>
    [
        .. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Select(name => Count(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name), direction))
            .Where(static value => value.Before != 0 || value.After != 0),
    ];

    private static ComparedValue Count(string name, long before, long after, Direction direction) => new(name, before, after, ThresholdUnit.Count, direction);

    private static ComparedValue Time(string name, double? before, double? after) => new(name, before, after, ThresholdUnit.Time, Direction.LowerIsBetter);

    private static double? Share(long part, long whole) => whole == 0 ? null : (double)part / whole;
}
