using System.Xml.Linq;

namespace UeFarm.Farm.Report.Html;

/// <summary>A verdict in words.</summary>
internal static class VerdictText
{
    public static string Word(RunVerdict verdict) => verdict.ToString().ToUpperInvariant();

    public static XElement Badge(RunVerdict verdict) => Markup.Badge(
        verdict switch { RunVerdict.Pass => "good", RunVerdict.Fail => "bad", _ => "unsure" }, Word(verdict));

    public static string Explain(RunVerdict verdict) => verdict switch
    {
        RunVerdict.Pass => "Every message is accounted for and every promise held, and so did every threshold of the scenario.",
        RunVerdict.Fail => "A promise or a threshold of the scenario did not hold; the tables below say which.",
        RunVerdict.Invalid => "The measurement is not valid: its figures say nothing about the network under test. They are shown to find out why.",
        _ => "The run was stopped before its end. What was sent until then is accounted for; thresholds of half a run say nothing.",
    };
}
