using UeFarm.Actors.Ledger;
using UeFarm.Actors.Metrics;
using UeFarm.Actors.Run;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Cluster;

/// <summary>What the books of a cluster's run say so far, for operators. Latencies are in seconds.</summary>
/// <param name="Rejected">Messages, by reason.</param>
/// <param name="Failed">Messages, by reason.</param>
/// <param name="Redelivered">Messages, after a lost answer.</param>
/// <param name="Delivery">From due to acceptance.</param>
/// <param name="Answer">From due to the sender's final answer.</param>
/// <param name="LagP99">How late the schedule is played.</param>
/// <param name="ReplayCaches">How large they had to be; null: nothing met one.</param>
public sealed record RunFigures(
    IReadOnlyDictionary<string, long> Rejected, IReadOnlyDictionary<string, long> Failed, long Redelivered, RunFigures.Latency Delivery, RunFigures.Latency Answer,
    double LagP99, ReplayCacheNeed? ReplayCaches)
{
    internal static RunFigures Of(RunRecorder recorder)
    {
        var counters = recorder.Counters;
        return new RunFigures(
            Enum.GetValues<ReceiveOutcome>()
                .Where(outcome => outcome is not (ReceiveOutcome.Accepted or ReceiveOutcome.PlainAccepted or ReceiveOutcome.Duplicate) && counters.Received(outcome) > 0)
                .ToDictionary(Label.Of, counters.Received),
            Enum.GetValues<FailureReason>().Where(reason => counters.FailedForGood(reason) > 0).ToDictionary(Label.Of, counters.FailedForGood),
            counters.Redelivered, Latency.Of(recorder.Delivery), Latency.Of(recorder.Answer), recorder.Lag.Summarize().P99.TotalSeconds,
            ReplayCacheNeed.Of(recorder.Ranks));
    }

    /// <summary>Percentiles of so many samples.</summary>
    public sealed record Latency(long Samples, double P50, double P95, double P99, double Max)
    {
        internal static Latency Of(LatencyRecorder latency)
        {
            var summary = latency.Summarize();
            return new Latency(summary.Count, summary.P50.TotalSeconds, summary.P95.TotalSeconds, summary.P99.TotalSeconds, summary.Max.TotalSeconds);
        }
    }
}
