using System.Runtime.InteropServices;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Metrics;
using UeFarm.Actors.Run;
using UeFarm.Farm.Report;
using UeFarm.Farm.Thresholds;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Farm.Hosting;

/// <summary>What thresholds are compared with: the closed ledger, the recorder's latencies and counters, and what the machine saw.</summary>
internal sealed class RunThresholdSource(RunRecorder recorder, FarmRunResult result, IReadOnlyList<TrendResult> trends, int phones) : IThresholdSource
{
    /// <summary>One for all thresholds on it.</summary>
    private readonly Dictionary<LatencyRecorder, LatencySummary> _summaries = [];

    public bool TryGetValue(string metric, IReadOnlyDictionary<string, string> labels, string? stat, out double value, out long samples)
    {
        var totals = result.Totals;
        var counters = recorder.Counters;
        (value, samples) = metric switch
        {
            "sent" => Count(counters.Sent, counters.Due, stat),
            "accepted" => Count(totals.Accepted, totals.Sent, stat),
            "rejected" => Count(Rejected(totals, labels), totals.Sent, stat),
            "failed" => Count(Failed(totals, labels), totals.Sent, stat),
            "expired" => Count(totals.Expired, totals.Sent, stat),
            "stored" => Count(totals.Stored, totals.Sent, stat),
            "redelivered" => Count(counters.Redelivered, totals.Sent, stat),
            "reports" => Count(Reports(labels.GetValueOrDefault(ThresholdCatalogue.StatusLabel)), result.Reports.Asked, stat),
            "delivery" => Latency(recorder.Delivery, stat),
            "age" => Latency(recorder.Age, stat),
            "answer" => Latency(recorder.Answer, stat),
            "registration" => Latency(recorder.Registration, stat),
            "lag" => Latency(recorder.Lag, stat),
            "attacks" => Attacks(labels, stat),
            "order_violations" => (counters.OrderViolations, totals.Sent),
            "replays_accepted" => (totals.AcceptedTwice + counters.AttacksAccepted, totals.Sent),
            "registered" => Count(result.RegisteredAtEnd, phones, stat),
            "unaccounted" => (totals.Unaccounted, totals.Sent),
            _ => Trend(metric, stat),
        };
        return samples >= 0;
    }

    /// <summary>The reason that the catalogue uses for the ledger's.</summary>
    public static string LabelOf(FailureReason reason) => reason == FailureReason.QueueFull ? "ue-queue-full" : Label.Of(reason);

    private (double Value, long Samples) Count(long count, long total, string? stat) => stat switch
    {
        "rate" => (result.PlayedFor > TimeSpan.Zero ? count / result.PlayedFor.TotalSeconds : 0, total),
        "share" => (total == 0 ? 0 : (double)count / total, total),
        _ => (count, total),
    };

    private (double Value, long Samples) Latency(LatencyRecorder recorded, string? stat)
    {
        ref var latency = ref CollectionsMarshal.GetValueRefOrAddDefault(_summaries, recorded, out var isKnown);
        if (!isKnown)
        {
            latency = recorded.Summarize();
        }

        var value = stat switch
        {
            "p50" => latency.P50,
            "p90" => latency.P90,
            "p95" => latency.P95,
            "p99" => latency.P99,
            "p999" => latency.P999,
            "mean" => latency.Mean,
            _ => latency.Max,
        };
        return (value.TotalSeconds, latency.Count);
    }

    private (double Value, long Samples) Trend(string name, string? stat)
    {
        if (trends.FirstOrDefault(trend => trend.Name == name) is not { } found)
        {
            return (double.NaN, -1);
        }

        return (stat == ThresholdCatalogue.GrowthStat ? found.Growth ?? double.NaN : found.Peak, found.Samples);
    }

    private static long Rejected(LedgerTotals totals, IReadOnlyDictionary<string, string> labels) =>
        totals.RejectedByReason.Where(pair => Matches(labels, ThresholdCatalogue.ReasonLabel, Label.Of(pair.Key))).Sum(pair => pair.Value);

    private static long Failed(LedgerTotals totals, IReadOnlyDictionary<string, string> labels) =>
        totals.FailedByReason.Where(pair => Matches(labels, ThresholdCatalogue.ReasonLabel, LabelOf(pair.Key))).Sum(pair => pair.Value);

    private long Reports(string? status)
    {
        var reports = ReportsResult.Of(result.Reports, recorder.Counters);
        return status switch
        {
            "delivered" => reports.Delivered,
            "failed" => reports.Failed,
            "error" => reports.Error,
            "stored" => reports.Stored,
            "waiting" => reports.Waiting,
            "lost" => reports.Lost,
            "unsent" => reports.Unsent,
            "refused" => reports.Refused,
            "foreign" => reports.Foreign,
            "duplicate" => reports.Duplicate,
            "contradicting" => reports.Contradicting,
            _ => reports.Asked,
        };
    }

    private (double Value, long Samples) Attacks(IReadOnlyDictionary<string, string> labels, string? stat)
    {
        long sent = 0, count = 0;
        foreach (var kind in Enum.GetValues<AttackKind>().Where(kind => Matches(labels, ThresholdCatalogue.KindLabel, Label.Of(kind))))
        {
            sent += recorder.Counters.AttacksSent(kind);
            count += CountAttacks(kind, labels.GetValueOrDefault(ThresholdCatalogue.OutcomeLabel));
        }

        return Count(count, sent, stat);
    }

    private long CountAttacks(AttackKind kind, string? outcome)
    {
        var counters = recorder.Counters;
        var sent = counters.AttacksSent(kind);
        var accepted = counters.AttackOutcomes(kind, ReceiveOutcome.Accepted) + counters.AttackOutcomes(kind, ReceiveOutcome.PlainAccepted);
        var answered = Enum.GetValues<ReceiveOutcome>().Sum(each => counters.AttackOutcomes(kind, each));
        return outcome switch
        {
            "accepted" => accepted,
            "rejected" => answered - accepted,
            "unanswered" => sent - answered,
            null => sent,
            _ => Enum.GetValues<ReceiveOutcome>().Where(each => Label.Of(each) == outcome).Sum(each => counters.AttackOutcomes(kind, each)),
        };
    }

    private static bool Matches(IReadOnlyDictionary<string, string> labels, string name, string value) =>
        !labels.TryGetValue(name, out var wanted) || wanted == value;
}
