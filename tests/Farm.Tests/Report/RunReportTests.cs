using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AngleSharp.Dom;
using UeFarm.Farm.Report;
using UeFarm.Farm.Report.Html;
using UeFarm.Farm.Report.Stored;
using UeFarm.Farm.Tests.Hosting;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Report;

public class RunReportTests
{
    private const string Small = """
        version: 1
        name: small
        seed: 5
        clock: virtual
        subscribers: { count: 12 }
        replayCache: { entries: 5 }
        applicationServer: { live: bypass, holdTime: 2s, drainDelay: 3s }
        traffic: { rate: 10/s, size: 40B-300B }
        faults: { network: { latency: 20ms }, attacks: { replay: 2/s } }
        phases:
          - { name: acquaint, for: 5s }
          - { name: outage, offline: 50%, cut: silent, for: 10s }
          - { name: return, online: all, within: 2s, for: 10s }
        thresholds: [ accepted.share >= 10%, memory.peak < 1B ]
        """;

    [Fact]
    public void The_page_says_what_was_approved() =>
        Approved.Matches(PageOutline.Of(HtmlDocuments.Read(RunReport.Write(Sample()))), "tests", "Farm.Tests", "Approved", "report.txt");

    [Fact]
    public void The_page_is_well_formed_accessible_and_asks_for_nothing_outside()
    {
        var text = RunReport.Write(Sample());

        HtmlDocuments.AssertSound(text);
        Assert.StartsWith("FAIL minimal: 1 of 4 thresholds failed", HtmlDocuments.Read(text).Body!.TextContent.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_style_and_nothing_else_is_allowed()
    {
        var document = HtmlDocuments.Read(RunReport.Write(Sample()));

        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(document.QuerySelector("style")!.TextContent)));
        Assert.Equal(
            $"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'",
            document.QuerySelector("meta[http-equiv=Content-Security-Policy]")!.GetAttribute("content"));
        Assert.Empty(document.QuerySelectorAll("[style]"));
    }

    /// <summary>Each figure names its place in result.json; each of those that a reader wants is there.</summary>
    [Fact]
    public void Every_figure_is_the_one_of_the_result()
    {
        var sample = Sample();
        var document = HtmlDocuments.Read(RunReport.Write(sample));

        var shown = AssertFiguresOf(sample.Result, document);

        var expected = Numbers(JsonNode.Parse(ResultJson.Serialize(sample.Result))!, "")
            .Where(static number => !IsLeftOut(number.Path, number.Value)).Select(static number => number.Path);
        Assert.Empty(expected.Except(shown));
    }

    [Fact]
    public async Task The_report_of_a_seed_in_virtual_time_is_the_same_byte_for_byte_with_the_figures_of_its_run()
    {
        using var first = await PlayedRun.PlayAsync(Small);
        using var again = await PlayedRun.PlayAsync(Small);
        var (one, two) = (Reread(first), Reread(again));

        var page = RunReport.Write(one);

        Assert.Equal(page, RunReport.Write(two));
        HtmlDocuments.AssertSound(page);
        var document = HtmlDocuments.Read(page);
        Assert.True(AssertFiguresOf(first.Document, document).Count > 60);
        Assert.Contains("memory.peak < 1B failed in result.json (wall)", Regex.Replace(document.Body!.TextContent, @"\s+", " "), StringComparison.Ordinal);
        Assert.Equal(["Messages", "Phones by state", "Messages on their way", "Time to delivery", "Hostile messages", "Share refused"],
            document.QuerySelectorAll("figcaption strong").Select(static caption => caption.TextContent));
    }

    [Theory]
    [InlineData("</title></style></pre><script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("\" onmouseover=\"alert(1)\" x='")]
    [InlineData("]]>&lt;b&gt;<!-- <svg/onload=alert(1)>")]
    public void Hostile_names_stay_text(string hostile)
    {
        var result = Samples.Result();
        var page = RunReport.Write(Sample() with
        {
            Result = result with
            {
                Reason = hostile,
                Clock = hostile,
                Scenario = new ScenarioEcho(hostile, hostile, hostile, [hostile], hostile),
                Versions = new Dictionary<string, string> { [hostile] = hostile },
                Machine = result.Machine with { OperatingSystem = hostile, Architecture = hostile, GarbageCollector = hostile },
                Phases = [new PhaseResult(hostile, 0, 10)],
                Invariants = [new InvariantResult(1, hostile, false, hostile)],
                Thresholds = [result.Thresholds[0] with { Text = hostile }],
                Rejections = new Dictionary<string, long> { [hostile] = 1 },
                Failures = new Dictionary<string, long> { [hostile] = 1 },
                Attacks = [new AttackResult(hostile, 1, 0, 1, 0, new Dictionary<string, long> { [hostile] = 1 })],
                Latencies = [result.Latencies[0] with { Name = hostile }],
                Generator = new GeneratorResult(false, hostile, 0, 0, 0, 0),
                Trends = [result.Trends![0] with { Name = hostile }],
                Warnings = [hostile],
            },
            Nodes = [JsonSerializer.SerializeToElement(new Dictionary<string, string> { [hostile] = hostile })],
        });

        HtmlDocuments.AssertSound(page);
        var document = HtmlDocuments.Read(page);
        Assert.Empty(document.QuerySelectorAll("script, img, b, [onerror], [onload], [onmouseover]"));
        Assert.Equal(hostile, document.QuerySelector("pre")!.TextContent);
        Assert.EndsWith(hostile, document.Title, StringComparison.Ordinal);
    }

    [Fact]
    public void Characters_that_no_page_may_hold_and_that_turn_text_around_are_replaced()
    {
        var result = Samples.Result();
        var page = RunReport.Write(Sample() with { Result = result with { Scenario = result.Scenario with { Text = "a\0b\u202Ec\ud800d\U0001F600e\r\nf" } } });

        Assert.Equal("a\uFFFDb\uFFFDc\uFFFDd\U0001F600e \nf", HtmlDocuments.Read(page).QuerySelector("pre")!.TextContent);
    }

    [Fact]
    public void A_run_without_anything_is_a_page_too()
    {
        var page = RunReport.Write(new StoredRun(
            Samples.Result() with
            {
                Phases = [],
                Thresholds = [],
                Series = [],
                Attacks = [],
                Latencies = [],
                Trends = [],
                ReplayCapacity = null,
                Warnings = [],
                Ledger = new LedgerResult(0, 0, 0, 0, 0, 0, 0),
                Rejections = new Dictionary<string, long>(),
                Failures = new Dictionary<string, long>(),
            },
            [],
            []));

        HtmlDocuments.AssertSound(page);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_that_nobody_expects_make_no_broken_page()
    {
        var result = Samples.Result();
        var point = result.Series[0];
        var page = RunReport.Write(Sample() with
        {
            Result = result with
            {
                Phases = [new PhaseResult("odd", -5, double.PositiveInfinity), new PhaseResult("back", 10, 3)],
                Series =
                [
                    point, point with { Seconds = 1, Sent = long.MaxValue, DeliveryP99 = double.PositiveInfinity }, point with { Seconds = -3, Sent = -1, DeliveryP50 = -1 },
                    point with { Seconds = 4e9, Stored = long.MaxValue },
                ],
                Ledger = new LedgerResult(5, -3, 100, 0, 0, 0, 0),
            },
        });

        HtmlDocuments.AssertSound(page);
        var places = XDocument.Parse(page).Descendants().Attributes().Where(static attribute => attribute.Name.LocalName is "d" or "x" or "width");
        Assert.DoesNotContain(places, static attribute => Regex.IsMatch(attribute.Value, "NaN|∞|Infinity|E[+-]"));
    }

    [Fact]
    public void A_run_on_several_nodes_has_a_table_of_them()
    {
        using var nodes = JsonDocument.Parse("""[ { "name": "ue-0", "phones": 250, "kinds": [1] }, { "name": "ue-1", "phones": 251, "lost": true } ]""");
        var document = HtmlDocuments.Read(RunReport.Write(Sample() with { Nodes = [.. nodes.RootElement.EnumerateArray()] }));

        var rows = document.QuerySelectorAll("section[aria-labelledby=nodes] tr").Select(static row => string.Join('|', row.Children.Select(static cell => cell.TextContent)));
        Assert.Equal(["name|phones|lost", "ue-0|250|-", "ue-1|251|True"], rows);
    }

    private static StoredRun Sample() => new(
        Samples.Result(),
        [
            new MachinePoint(1, 1, 0.5, 200_000_000, 90_000_000, 1_000_000, 2, 400, 4096),
            new MachinePoint(2, 2, 0.9, 210_000_000, 91_000_000, 2_000_000, 2, 400, null),
        ],
        []);

    private static StoredRun Reread(PlayedRun run)
    {
        run.Results.WriteResult(run.Document);
        Assert.True(StoredRunReader.TryRead(run.Results.FullPath, out var stored, out var fault), fault?.Format());
        return stored;
    }

    /// <summary>The paths that are shown.</summary>
    private static List<string> AssertFiguresOf(ResultDocument result, IDocument document)
    {
        var numbers = Numbers(JsonNode.Parse(ResultJson.Serialize(result))!, "").ToDictionary(static number => number.Path, static number => number.Value);
        var figures = document.QuerySelectorAll("data[data-path]");
        Assert.All(figures, figure =>
        {
            var path = figure.GetAttribute("data-path")!;
            Assert.True(numbers.TryGetValue(path, out var number), path);
            Assert.Equal(number, double.Parse(figure.GetAttribute("value")!, CultureInfo.InvariantCulture));
            Assert.NotEqual("", figure.TextContent);
        });
        return [.. figures.Select(static figure => figure.GetAttribute("data-path")!)];
    }

    private static IEnumerable<(string Path, double Value)> Numbers(JsonNode? node, string path) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Numbers(field.Value, path.Length == 0 ? field.Key : $"{path}.{field.Key}")),
        JsonArray items => items.SelectMany((item, index) => Numbers(item, $"{path}[{index}]")),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => [(path, value.GetValue<JsonElement>().GetDouble())],
        _ => [],
    };

    /// <summary>What is drawn and not written, what a name says already, and what did not happen.</summary>
    private static bool IsLeftOut(string path, double value) =>
        path is "schemaVersion" or "memory.gen2Collections"
        || Regex.IsMatch(path, @"^(series|replayCapacity\.curve)\[|^invariants\[\d+\]\.number|^thresholds\[\d+\]\.limit|\.samples$|^reports\.")
        || (value == 0 && Regex.IsMatch(path, @"^(rejections|failures|latencies\[\d+\])\.|^trends\[1\]"));
}
