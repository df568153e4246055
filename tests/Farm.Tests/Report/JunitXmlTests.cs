using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Report;

public class JunitXmlTests
{
    [Fact]
    public void A_result_with_every_outcome_fits_the_shape_that_CI_servers_read()
    {
        var document = Read(Samples.Result());

        var suite = document.Root!.Element("testsuite")!;
        Assert.Equal(("10", "2", "0"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("errors")!.Value));
        Assert.Equal(10, suite.Elements("testcase").Count());
        var failed = suite.Elements("testcase").Where(test => test.Element("failure") is not null).ToList();
        Assert.Equal(["rejected{reason=\"stale\"} == 0", "attacks{kind=\"altered-outside-mac\",outcome=\"accepted\"} == 0"], failed.Select(test => test.Attribute("name")!.Value));
        Assert.Equal(["threshold", "no-samples"], failed.Select(test => test.Element("failure")!.Attribute("type")!.Value));
        Assert.Equal("observed 12, demanded rejected{reason=\"stale\"} == 0", failed[0].Element("failure")!.Attribute("message")!.Value);
        Assert.Equal("72.345", suite.Attribute("time")!.Value);
    }

    public static TheoryData<string> Endings => ["invalid", "stopped", "broken"];

    /// <summary>A server that looks at the counts alone must not take a bad run for a good one.</summary>
    [Theory]
    [MemberData(nameof(Endings))]
    public void A_run_that_did_not_pass_has_a_failure_or_an_error(string ending)
    {
        var result = ending switch
        {
            "invalid" => Samples.Result(generator: Samples.HealthyGenerator with { IsValid = false, Reason = "2 % late" }),
            "stopped" => Samples.Result(isStopped: true),
            _ => Samples.Result(invariants: [.. Samples.HeldInvariants.Select(invariant => invariant with { Held = invariant.Number != 3 })]),
        };

        var suite = Read(result with { Thresholds = [] }).Root!.Element("testsuite")!;

        Assert.Equal(ending == "broken" ? "0" : "1", suite.Attribute("errors")!.Value);
        Assert.Equal(ending == "broken" ? "1" : "0", suite.Attribute("failures")!.Value);
        var outcome = suite.Descendants(ending == "broken" ? "failure" : "error").Single();
        Assert.Equal(ending == "broken" ? "at-most-once" : "measurement", outcome.Parent!.Attribute("name")!.Value);
    }

    [Fact]
    public void Thresholds_about_the_machine_of_a_run_in_virtual_time_are_test_cases_too()
    {
        var result = Samples.Result();
        var wall = new WallClockResult(result.StartedAt, 1, 1, 30, result.Memory!, [], [result.Thresholds[1] with { Text = "memory.growth < 1%" }]);

        Assert.Contains(Read(result with { Wall = wall, Memory = null }).Descendants("failure"), failure => failure.Parent!.Attribute("name")!.Value == "memory.growth < 1%");
    }

    [Fact]
    public void Hostile_text_stays_text()
    {
        var result = Samples.Result();
        var name = "a\0b\u202E]]><!--\ud800</testcase>";

        var document = Read(result with { Scenario = result.Scenario with { Name = name }, Thresholds = [result.Thresholds[1] with { Text = name }] });

        Assert.Contains(document.Descendants("testcase"), test => test.Attribute("name")!.Value == "a\uFFFDb\uFFFD]]><!--\uFFFD</testcase>");
    }

    private static XDocument Read(ResultDocument result)
    {
        var schemas = new XmlSchemaSet();
        using var schema = typeof(JunitXmlTests).Assembly.GetManifestResourceStream("junit.xsd")!;
        schemas.Add(null, XmlReader.Create(schema));
        var document = XDocument.Parse(JunitXml.Write(result));
        document.Validate(schemas, (_, fault) => Assert.Fail(fault.Message));
        return document;
    }
}
