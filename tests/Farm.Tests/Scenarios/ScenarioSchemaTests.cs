using System.Text.Json.Nodes;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Scenarios;

public class ScenarioSchemaTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(ScenarioSchema.Write())!.AsObject();

    [Fact]
    public void The_shipped_schema_is_that_of_the_declarations() => Approved.Matches(ScenarioSchema.Write(), "scenarios", "scenario.schema.json");

    [Fact]
    public void The_reference_is_that_of_the_declarations() => Approved.Matches(ScenarioReference.Write(), "docs", "scenario.md");

    [Fact]
    public void Every_default_and_sample_fits_reader_and_schema()
    {
        foreach (var option in ScenarioFormat.Options)
        {
            foreach (var text in option.DefaultTexts.Append(option.Sample).OfType<string>())
            {
                Assert.True(option.Kind.TryReadObject(text, out _, out var problem), $"{option.Path} {text} {problem.Problem}");
                var value = SchemaChecker.ToJson(new ScenarioNode.Scalar(text, false, ScenarioLocation.FileStart));
                Assert.Null(SchemaChecker.Check(option.Kind.CreateSchema(), value, option.Path));
            }

            Assert.True(option.IsList || option.DefaultTexts.Count <= 1);
            Assert.True(option.DefaultTexts.Count > 0 || option.Sample is not null, $"{option.Path} needs a default or a sample");
            Assert.EndsWith(".", option.Description, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Paths_are_declared_once_and_every_section_before_its_options()
    {
        var sections = ScenarioFormat.Sections.Select(section => section.Path).Append("").ToHashSet();

        Assert.Equal(ScenarioFormat.Options.Count, ScenarioFormat.Options.Select(option => option.Path).Distinct().Count());
        Assert.All(ScenarioFormat.Options, option => Assert.Contains(option.Section, sections));
        Assert.All(ScenarioFormat.Sections, section =>
            Assert.Contains(section.Path.Contains('.') ? section.Path[..section.Path.LastIndexOf('.')] : "", sections));
    }

    [Theory]
    [InlineData("version: 1\nname: x\nsubscribers: { count: 5 }", "required")]
    [InlineData(Samples.Minimal + "\nsed: 5", "additionalProperties")]
    [InlineData(Samples.Minimal + "\nlimits: { maxRate: 5 }", "type")]
    [InlineData(Samples.Minimal + "\nlimits: { maxRate: 5/d }", "pattern")]
    [InlineData(Samples.Minimal + "\nclock: fast", "enum")]
    [InlineData(Samples.Minimal + "\nmetrics: { port: 70000 }", "maximum")]
    public void The_schema_finds_what_editors_should_show(string text, string keyword)
    {
        Assert.True(ScenarioTreeReader.TryRead(text, null, out var root, out _));

        Assert.EndsWith(keyword, SchemaChecker.Check(Schema, SchemaChecker.ToJson(root)), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_shipped_scenario_is_valid_fits_the_schema_and_carries_its_file_name()
    {
        var files = Directory.GetFiles(Repository.PathOf("scenarios"), "*.yaml");
        Assert.True(files.Length >= 4);
        foreach (var file in files)
        {
            var result = ScenarioReader.ReadFile(file, []);
            Assert.True(result.IsValid, string.Join('\n', result.Errors.Select(error => error.Format(file))));
            Assert.Equal(Path.GetFileNameWithoutExtension(file), result.Scenario.Name);
            Assert.True(result.Scenario.Thresholds.Count > 0 || result.Scenario.Clock == ScenarioClock.Virtual, file);
            Assert.Empty(UeFarm.Farm.Guards.SafetyGuards.Check(UeFarm.Farm.Hosting.RunPlan.Of(result.Scenario)));
            Assert.True(ScenarioTreeReader.TryRead(result.Source.Text, null, out var root, out _));
            Assert.Null(SchemaChecker.Check(Schema, SchemaChecker.ToJson(root)));
        }
    }

    [Fact]
    public void The_seed_example_keeps_the_ratio_that_its_comment_states()
    {
        var scenario = ScenarioReader.ReadFile(Repository.PathOf("scenarios", "seed-example.yaml"), []).Scenario!;
        var entriesOfTheReport = 1_000_000 / 24;
        var scale = TimeSpan.FromHours(1) / scenario.ApplicationServer.DrainDelay;
        var perPhone = scenario.Phases.Select(phase => phase.Rate.PerSecond / scenario.Subscribers.Count).Distinct().Order().ToArray();
        var limit = scenario.ReplayCache.CapacityEntries / scenario.ApplicationServer.DrainDelay.TotalSeconds;

        Assert.Equal((int)(entriesOfTheReport / scale), scenario.ReplayCache.CapacityEntries);
        Assert.Equal(11.57, limit, 0.03);
        Assert.True(perPhone is [var below, var above] && below < limit && above > limit);
        Assert.True(UeFarm.Farm.Hosting.RunPlan.Of(scenario).Length < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Init_writes_a_valid_scenario_with_every_option_and_a_comment_before_it()
    {
        var text = ScenarioTemplate.Write();
        var result = ScenarioReader.Read(text, "init.yaml", []);

        Assert.True(result.IsValid, string.Join('\n', result.Errors.Select(error => error.Format("init.yaml"))));
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80 || line.Contains("offline"), line));
        foreach (var option in ScenarioFormat.Options)
        {
            Assert.Contains($"{option.Name}:", text, StringComparison.Ordinal);
        }

        Assert.True(ScenarioTreeReader.TryRead(text, null, out var root, out _));
        Assert.Null(SchemaChecker.Check(Schema, SchemaChecker.ToJson(root)));
    }

    [Fact]
    public void Options_that_init_leaves_off_can_be_turned_on()
    {
        var text = ScenarioTemplate.Write().Replace("# entries: ", "entries: ", StringComparison.Ordinal);

        Assert.Equal(1000, Samples.Scenario(text).ReplayCache.CapacityEntries);
    }
}
