using System.Text.Json;
using System.Xml.Linq;
using UeFarm.Farm.Report.Stored;

namespace UeFarm.Farm.Report.Html;

internal static partial class RunReport
{
    private static XElement Ledger(ResultDocument result)
    {
        var ledger = result.Ledger;
        var rows = new List<IReadOnlyList<object?>>();
        Add("sent", "ledger.sent", ledger.Sent, "all of them");
        Add("accepted", "ledger.accepted", ledger.Accepted, "by the phone they were for");
        Add("rejected", "ledger.rejected", ledger.Rejected, "by the phone they were for");
        AddReasons("rejections", result.Rejections, "rejected");
        Add("expired", "ledger.expired", ledger.Expired, "in the application server");
        Add("failed", "ledger.failed", ledger.Failed, "never got to the phone");
        AddReasons("failures", result.Failures, "failed");
        Add("stored", "ledger.stored", ledger.Stored, "still in the application server at the end");
        Add("unaccounted", "ledger.unaccounted", ledger.Unaccounted, "nobody knows");
        return Markup.Section(
            "ledger", "What became of every message",
            Markup.Paragraph("sent = accepted + rejected + expired + failed + stored; anything else is unaccounted for."),
            LedgerBar.Of(ledger),
            Markup.Table("Messages by outcome and reason", ["Outcome", "#Messages", "#Share", "Meaning"], rows),
            ledger.Redelivered == 0 ? null : Markup.Note(
                Markup.Count("ledger.redelivered", ledger.Redelivered), " messages were delivered again after a lost answer and recognised; they are not counted twice."));

        void Add(string name, string path, long count, string meaning) =>
            rows.Add(new object?[] { name, Markup.Count(path, count), Markup.Share(count, ledger.Sent), meaning });

        void AddReasons(string group, IReadOnlyDictionary<string, long> reasons, string outcome) => rows.AddRange(
            reasons.Where(static reason => reason.Value != 0).OrderByDescending(static reason => reason.Value).ThenBy(static reason => reason.Key, StringComparer.Ordinal)
                .Select(reason => new object?[]
                {
                    $"{outcome}: {reason.Key}", Markup.Count($"{group}.{reason.Key}", reason.Value), Markup.Share(reason.Value, ledger.Sent),
                    $"of those {outcome}",
                }));
    }

    private static XElement Latencies(ResultDocument result) => Markup.Section(
        "latencies", "How long it took",
        Markup.Table(
            "Latencies: what share took at most how long",
            ["What", "#Samples", "#50 %", "#90 %", "#95 %", "#99 %", "#99.9 %", "#Longest", "#Mean"],
            result.Latencies.Select(static (latency, index) => latency.Samples == 0
                ? new object?[] { latency.Name, Markup.Count($"latencies[{index}].samples", 0), "-", "-", "-", "-", "-", "-", "-" }
                :
                [
                    latency.Name, Markup.Count($"latencies[{index}].samples", latency.Samples), Markup.Latency($"latencies[{index}].p50", latency.P50),
                    Markup.Latency($"latencies[{index}].p90", latency.P90), Markup.Latency($"latencies[{index}].p95", latency.P95),
                    Markup.Latency($"latencies[{index}].p99", latency.P99), Markup.Latency($"latencies[{index}].p999", latency.P999),
                    Markup.Latency($"latencies[{index}].max", latency.Max), Markup.Latency($"latencies[{index}].mean", latency.Mean),
                ])),
        Markup.Note(
            "delivery: from when a message is due, or its phone is back if that is later, until the phone accepts it; age: the same, time in the mailbox included; ",
            "answer: from due until the sender has a final answer; registration: from going online until registered; lag: how late the generator was."));

    private static IEnumerable<XElement> Attacks(ResultDocument result)
    {
        if (result.Attacks.Count == 0)
        {
            return [];
        }

        var rows = result.Attacks.Select(static (attack, index) => new object?[]
        {
            attack.Kind, Markup.Count($"attacks[{index}].sent", attack.Sent), Markup.Count($"attacks[{index}].accepted", attack.Accepted),
            Markup.Count($"attacks[{index}].rejected", attack.Rejected), Markup.Count($"attacks[{index}].unanswered", attack.Unanswered),
            attack.Outcomes.Count == 0 ? "-" : attack.Outcomes.OrderByDescending(static outcome => outcome.Value).ThenBy(static outcome => outcome.Key, StringComparer.Ordinal)
                .SelectMany((outcome, place) => new object[] { place == 0 ? "" : ", ", outcome.Key + " ", Markup.Count($"attacks[{index}].outcomes.{outcome.Key}", outcome.Value) })
                .ToArray(),
        });
        return [Markup.Section("attacks", "Attacks", Markup.Table("Hostile messages by kind", ["Kind", "#Sent", "#Accepted", "#Rejected", "#Unanswered", "Recognised as"], rows))];
    }

    private static XElement Registrations(ResultDocument result)
    {
        var registrations = result.Registrations;
        return Markup.Section(
            "registrations", "Registrations",
            Markup.Table(
                "Registrations", ["Fact", "#Number"],
                [
                    ["Phones", Markup.Count("registrations.phones", registrations.Phones)],
                    ["Registrations that succeeded", Markup.Count("registrations.succeeded", registrations.Succeeded)],
                    ["Registrations that failed", Markup.Count("registrations.failed", registrations.Failed)],
                    ["Phones registered at the end", Markup.Count("registrations.registeredAtEnd", registrations.RegisteredAtEnd)],
                ]));
    }

    private static IEnumerable<XElement> Reports(ResultDocument result)
    {
        var reports = result.Reports;
        if (reports.Asked == 0)
        {
            return [];
        }

        (string Name, string Key, long Count)[] rows =
        [
            ("asked for", "asked", reports.Asked), ("delivered", "delivered", reports.Delivered), ("failed", "failed", reports.Failed), ("error", "error", reports.Error),
            ("stored", "stored", reports.Stored), ("waiting at the end", "waiting", reports.Waiting), ("lost", "lost", reports.Lost), ("not sent", "unsent", reports.Unsent),
            ("refused", "refused", reports.Refused), ("about no message of who got it", "foreign", reports.Foreign), ("heard before", "duplicate", reports.Duplicate),
            ("contradicting", "contradicting", reports.Contradicting),
        ];
        return
        [
            Markup.Section(
                "reports", "Delivery reports",
                Markup.Table(
                    "Delivery reports (IMDN)", ["Report", "#Number"],
                    rows.Select(static row => new object?[] { row.Name, Markup.Count($"reports.{row.Key}", row.Count) }))),
        ];
    }

    /// <summary>A run on several nodes has an object for each, whose single values become columns.</summary>
    private static IEnumerable<XElement> Nodes(StoredRun run)
    {
        List<string> columns = [.. run.Nodes.SelectMany(static node => node.EnumerateObject()).Where(IsSingle).Select(static property => property.Name).Distinct()];
        return columns.Count == 0
            ? []
            :
            [
                Markup.Section(
                    "nodes", "Nodes",
                    Markup.Table(
                        "What each node of the cluster did", columns,
                        run.Nodes.Select(node => columns.Select(column => (object?)CellOf(node, column)).ToList()))),
            ];
    }

    private static bool IsSingle(JsonProperty property) => property.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);

    private static string CellOf(JsonElement node, string column) => !node.TryGetProperty(column, out var value) || value.ValueKind == JsonValueKind.Null ? "-" : value.ToString();
}
