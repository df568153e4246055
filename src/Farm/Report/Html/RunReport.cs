using System.Globalization;
using System.Xml.Linq;
using UeFarm.Farm.Console;
using UeFarm.Farm.Report.Stored;

namespace UeFarm.Farm.Report.Html;

/// <summary>
/// The report of one run as a page, for people who were not there. In virtual time it holds nothing that differs from run to run: what the machine saw stays in
/// result.json and machine.csv.
/// </summary>
internal static partial class RunReport
{
    public static string Write(StoredRun run)
    {
        var result = run.Result;
        return HtmlPage.Write(
            $"{VerdictText.Word(result.Verdict)}: {result.Scenario.Name}",
            [
                Headline(result), Summary(result), .. Changes(result), .. Warnings(result), Thresholds(result), Promises(result), Ledger(result), Latencies(result), Generator(run),
                Course(run), Capacity(result), .. Attacks(result), Registrations(result), .. Reports(result), .. Nodes(run), Background(result),
            ]);
    }

    private static XElement Headline(ResultDocument result) => new(
        "header",
        new XElement("h1", VerdictText.Badge(result.Verdict), " ", result.Scenario.Name, ": ", result.Reason),
        Markup.Paragraph(VerdictText.Explain(result.Verdict)));

    private static XElement Summary(ResultDocument result)
    {
        var isVirtual = result.Clock == "virtual";
        var delivery = result.Latencies.Select(static (latency, index) => (latency, index)).FirstOrDefault(static each => each.latency.Name == "delivery");
        var facts = new List<(string Name, object Value)>
        {
            ("Messages sent", Markup.Count("ledger.sent", result.Ledger.Sent)),
            ("Accepted", new[]
            {
                Markup.Count("ledger.accepted", result.Ledger.Accepted), new XElement("small", Markup.Share(result.Ledger.Accepted, result.Ledger.Sent)),
            }),
            ("Unaccounted for", Markup.Count("ledger.unaccounted", result.Ledger.Unaccounted)),
            ("Phones", Markup.Count("registrations.phones", result.Registrations.Phones)),
        };
        if (delivery.latency is { Samples: > 0 } latency)
        {
            facts.Add(("Half delivered within", Markup.Latency($"latencies[{delivery.index}].p50", latency.P50)));
            facts.Add(("99 % delivered within", Markup.Latency($"latencies[{delivery.index}].p99", latency.P99)));
        }

        if (result.ReplayCapacity is { } capacity)
        {
            var unit = capacity.MinCapacity == 1 ? "entry" : "entries";
            facts.Add(("Replay cache needed", new[] { Markup.Count("replayCapacity.minCapacity", capacity.MinCapacity), new XElement("small", unit) }));
        }

        facts.Add((isVirtual ? "Virtual time played" : "Played", Length(result.EndedAt - result.StartedAt)));
        return new XElement(
            "dl", new XAttribute("class", "facts"),
            facts.Select(static fact => new XElement("div", new XElement("dt", fact.Name), new XElement("dd", fact.Value))));
    }

    private static IEnumerable<XElement> Changes(ResultDocument result)
    {
        if (result.Changes.Count > 0)
        {
            yield return Markup.Section(
                "changes", "Changed by hand",
                Markup.Note("What follows is of the scenario and these changes: a run of the scenario alone is another one."),
                Markup.Table(
                    "Changes while the run went on", ["#After", "Change", "By"],
                    result.Changes.Select(static (change, index) => new object?[]
                    {
                        Markup.Figure($"changes[{index}].at", change.At, Seconds(change.At)), change.What, change.By,
                    })));
        }
    }

    private static IEnumerable<XElement> Warnings(ResultDocument result)
    {
        if (result.Warnings.Count > 0)
        {
            yield return Markup.Section("warnings", "Warnings", new XElement("ul", result.Warnings.Select(static warning => new XElement("li", warning))));
        }
    }

    private static XElement Background(ResultDocument result)
    {
        var scenario = result.Scenario;
        var facts = new List<IReadOnlyList<object?>>
        {
            new object?[] { "Scenario", scenario.Name },
            new object?[] { "File", scenario.FileName },
            new object?[] { "SHA-256 of the file", new XElement("code", scenario.Sha256) },
            new object?[] { "Seed", new XElement("data", new XAttribute("value", Invariant(result.Seed)), new XAttribute("data-path", "seed"), Invariant(result.Seed)) },
            new object?[] { "Clock", result.Clock },
            new object?[] { "Started", Moment(result.StartedAt) },
            new object?[] { "Ended", Moment(result.EndedAt) },
            new object?[] { "Exit code", Markup.Figure("exitCode", result.ExitCode, Invariant(result.ExitCode)) },
        };
        facts.AddRange(scenario.Overrides.Select(static change => new object?[] { "Changed with --set", new XElement("code", change) }));
        facts.AddRange(result.Versions.Select(static version => new object?[] { $"Version of {version.Key}", version.Value }));
        var machine = result.Machine;
        facts.Add(new object?[] { "Operating system", $"{machine.OperatingSystem}, {machine.Architecture}" });
        facts.Add(new object?[] { "Processors", Markup.Count("machine.processors", machine.Processors) });
        facts.Add(new object?[] { "Memory of the machine", Markup.Bytes("machine.memoryBytes", machine.MemoryBytes) });
        facts.Add(new object?[] { "Garbage collector", machine.GarbageCollector });
        return Markup.Section(
            "background", "What was run, and on what",
            Markup.Table("The run", ["Fact", "Value"], facts),
            new XElement("h3", "The scenario"),
            new XElement("pre", new XAttribute("tabindex", "0"), scenario.Text),
            Markup.Note("Every figure here is in result.json of the same folder; the plots are drawn from series.csv and machine.csv, and ledger.csv has each message."));
    }

    private static string Length(TimeSpan time) => time.TotalDays >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.##} days") : TextLayout.Clock(time < TimeSpan.Zero ? TimeSpan.Zero : time);

    private static string Moment(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Invariant(long value) => value.ToString(CultureInfo.InvariantCulture);
}
