using UeFarm.Actors.Metrics;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Farm.Thresholds;

/// <summary>All metrics that thresholds may name, with labels, label values and statistics. Anything else is an error of the scenario.</summary>
internal static class ThresholdCatalogue
{
    public const string AttacksMetric = "attacks";
    public const string KindLabel = "kind";
    public const string ReasonLabel = "reason";
    public const string OutcomeLabel = "outcome";
    public const string StatusLabel = "status";
    public const string GrowthStat = "growth";
    public const string StoreMetric = "store";

    private static readonly string[] LatencyStats = ["p50", "p90", "p95", "p99", "p999", "max", "mean"];
    private static readonly string[] CountStats = ["", "rate", "share"];
    private static readonly string[] PlainCount = [""];
    private static readonly string[] TrendStats = [GrowthStat, "peak"];
    private static readonly Dictionary<string, IReadOnlyList<string>> NoLabels = [];

    /// <summary>Why a phone rejected a message: the phone's own outcomes, accepted ones left out.</summary>
    public static IReadOnlyList<string> RejectedReasons { get; } =
        [.. Enum.GetValues<ReceiveOutcome>().Where(outcome => outcome is not (ReceiveOutcome.Accepted or ReceiveOutcome.PlainAccepted)).Select(Label.Of)];

    /// <summary>Why a message failed before or instead of reaching its recipient: at the sender, in its final answer, or in the application server.</summary>
    public static IReadOnlyList<string> FailedReasons { get; } =
        ["timeout", "transport", "kms", "ue-queue-full", "offline", "recipient", "crash", "refused4xx", "refused5xx", "refused6xx", "undeliverable", "purged", "unanswered"];

    public static IReadOnlyList<string> AttackKinds { get; } = ["replay", "altered-outside-mac", "forged", "altered-body", "transplant", "far-future"];

    /// <summary>What became of a hostile message: taken as new, refused by a phone, or not answered.</summary>
    public static IReadOnlyList<string> AttackOutcomes { get; } = ["accepted", "rejected", "unanswered", .. RejectedReasons];

    /// <summary>What became of delivery reports.</summary>
    public static IReadOnlyList<string> ReportStatuses { get; } =
        ["delivered", "failed", "error", "stored", "waiting", "lost", "unsent", "refused", "foreign", "duplicate", "contradicting"];

    public static IReadOnlyList<ThresholdMetric> Metrics { get; } =
    [
        new("sent", "messages sent (share: of those that were due)", NoLabels, CountStats),
        new("accepted", "messages accepted by their recipients (share: of those sent)", NoLabels, CountStats),
        new("rejected", "messages refused by a phone, by reason (share: of those sent)", With(ReasonLabel, RejectedReasons), CountStats),
        new("failed", "messages that failed on the way, by reason (share: of those sent)", With(ReasonLabel, FailedReasons), CountStats),
        new("expired", "messages that expired in the application server (share: of those sent)", NoLabels, CountStats),
        new("stored", "messages still stored at the end (share: of those sent)", NoLabels, CountStats),
        new("redelivered", "deliveries repeated after a lost answer", NoLabels, CountStats),
        new("reports", "delivery reports, by what became of them; without a label: messages that asked (share: of those)",
            With(StatusLabel, ReportStatuses), CountStats),
        new("delivery", "time to acceptance from when the message was due, or its recipient was registered again if that was later", NoLabels, LatencyStats),
        new("age", "time from when a message was due to its acceptance, time in the mailbox included", NoLabels, LatencyStats),
        new("answer", "time from when a message was due to the sender's final answer", NoLabels, LatencyStats),
        new("registration", "time from the decision to come online to the registration", NoLabels, LatencyStats),
        new("lag", "lateness of the load generator itself", NoLabels, LatencyStats),
        new(AttacksMetric, "hostile messages, by kind and outcome (share: of that kind)",
            new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [KindLabel] = AttackKinds, [OutcomeLabel] = AttackOutcomes }, CountStats),
        new("order_violations", "messages of a mailbox received out of order", NoLabels, PlainCount),
        new("replays_accepted", "messages accepted a second time", NoLabels, PlainCount),
        new("registered", "phones registered at the end (share: of all phones)", NoLabels, ["", "share"]),
        new("unaccounted", "messages without an outcome at the end", NoLabels, PlainCount),
        new("memory", "resident memory of the program, less what the run's own books take, which keep every message", NoLabels, TrendStats),
        new("heap", "what was alive on the managed heap after its last full collection, less the books", NoLabels, TrendStats),
        new(StoreMetric, "database and log of the mailboxes, with SQLite in real time", NoLabels, TrendStats),
    ];

    public static ThresholdMetric? Find(string name) => Metrics.FirstOrDefault(metric => metric.Name == name);

    /// <summary>Whether a metric is about the machine, so that two runs in virtual time differ in it.</summary>
    public static bool IsOfMachine(string metric) => ReferenceEquals(Find(metric)?.Stats, TrendStats);

    /// <summary>What values of a statistic measure.</summary>
    public static ThresholdUnit UnitOf(string? stat) => stat switch
    {
        null or "" => ThresholdUnit.Count,
        "rate" => ThresholdUnit.Rate,
        "share" or GrowthStat => ThresholdUnit.Share,
        "peak" => ThresholdUnit.Size,
        _ => ThresholdUnit.Time,
    };

    private static Dictionary<string, IReadOnlyList<string>> With(string name, IReadOnlyList<string> values) =>
        new(StringComparer.Ordinal) { [name] = values };
}
