using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Report;

/// <summary>
/// A result as JUnit XML, as CI servers read it: a test case for the measurement, each promise and each threshold. No standard exists; the shape is the one that
/// Ant writes and Jenkins and GitLab read.
/// </summary>
internal static class JunitXml
{
    public static string Write(ResultDocument result)
    {
        var name = $"uefarm.{result.Scenario.Name}";
        List<XElement> cases =
        [
            Measurement(result, name),
            .. result.Invariants.Select(invariant => Case(
                $"{name}.promises", invariant.Name, invariant.Held ? null : new XElement("failure", Message(invariant.Detail), Type("broken"), invariant.Detail))),
            .. result.Thresholds.Concat(result.Wall?.Thresholds ?? []).Select(threshold => Case($"{name}.thresholds", threshold.Text, FailureOf(threshold))),
        ];
        var time = new XAttribute("time", Math.Max(0, (result.EndedAt - result.StartedAt).TotalSeconds).ToString("0.###", CultureInfo.InvariantCulture));
        XAttribute[] counts = [Number("tests", cases.Count), Number("failures", Having(cases, "failure")), Number("errors", Having(cases, "error"))];
        var document = new XElement(
            "testsuites",
            new XAttribute("name", "uefarm"), counts, time,
            new XElement(
                "testsuite",
                new XAttribute("name", name), counts, Number("skipped", 0), time,
                new XAttribute("timestamp", result.StartedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)),
                new XElement(
                    "properties",
                    Property("verdict", result.Verdict.ToString().ToUpperInvariant()), Property("reason", result.Reason),
                    Property("exitCode", result.ExitCode.ToString(CultureInfo.InvariantCulture)), Property("seed", result.Seed.ToString(CultureInfo.InvariantCulture)),
                    Property("scenario.sha256", result.Scenario.Sha256)),
                cases));
        XmlText.Clean(document);
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, NewLineChars = "\n" }))
        {
            document.WriteTo(writer);
        }

        return text.Append('\n').ToString();
    }

    /// <summary>Whether the run says anything at all: not when it was stopped, or its generator was the bottleneck, or nothing happened.</summary>
    private static XElement Measurement(ResultDocument result, string name) => Case(
        $"{name}.run", "measurement",
        result.Verdict is RunVerdict.Invalid or RunVerdict.Stopped
            ? new XElement("error", Message(result.Reason), Type(result.Verdict == RunVerdict.Invalid ? "invalid" : "stopped"), result.Reason) : null);

    private static XElement? FailureOf(ThresholdEcho threshold)
    {
        if (threshold.Outcome == ThresholdOutcome.Held)
        {
            return null;
        }

        var message = threshold.Observed is { } observed
            ? $"observed {ThresholdEvaluator.Format(observed, threshold.Unit)}, demanded {threshold.Text}" : $"no samples, demanded {threshold.Text}";
        return new XElement("failure", Message(message), Type(threshold.Outcome == ThresholdOutcome.Failed ? "threshold" : "no-samples"), message);
    }

    private static XElement Case(string group, string name, XElement? outcome) =>
        new("testcase", new XAttribute("classname", group), new XAttribute("name", name), new XAttribute("time", "0"), outcome);

    private static int Having(List<XElement> cases, string outcome) => cases.Count(test => test.Element(outcome) is not null);

    private static XElement Property(string name, string value) => new("property", new XAttribute("name", name), new XAttribute("value", value));

    private static XAttribute Number(string name, int value) => new(name, value);

    private static XAttribute Message(string text) => new("message", text);

    private static XAttribute Type(string text) => new("type", text);
}
