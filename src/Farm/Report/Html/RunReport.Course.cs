using System.Globalization;
using System.Xml.Linq;
using UeFarm.Farm.Report.Stored;

namespace UeFarm.Farm.Report.Html;

internal static partial class RunReport
{
    private static XElement Course(StoredRun run)
    {
        var result = run.Result;
        var phases = result.Phases.Select(static (phase, index) => new object?[]
        {
            $"{Invariant(index + 1)} {phase.Name}", Markup.Figure($"phases[{index}].startSeconds", phase.StartSeconds, Seconds(phase.StartSeconds)),
            Markup.Figure($"phases[{index}].endSeconds", phase.EndSeconds, Seconds(phase.EndSeconds)),
        });
        return Markup.Section(
            "course", "The course of the run",
            result.Series.Count == 0
                ? Markup.Paragraph("The run was too short for a series.")
                : new XElement("div", new XAttribute("class", "charts"), CourseCharts.Of(run).Select(static chart => chart.ToElement())),
            Markup.Table("Phases, in seconds since the start", ["Phase", "#From", "#To"], phases),
            result.Clock == "virtual" ? Markup.Note("Memory and processor time of a run in virtual time are in machine.csv: they differ each time.") : null);
    }

    private static XElement Capacity(ResultDocument result)
    {
        if (result.ReplayCapacity is not { } capacity)
        {
            return Markup.Section("capacity", "How large must the replay cache be?", Markup.Paragraph("Nothing met a replay cache in this run."));
        }

        var rows = new List<IReadOnlyList<object?>>
        {
            new object?[] { "no message refused", Markup.Count("replayCapacity.minCapacity", capacity.MinCapacity) },
            new object?[] { "one in a million refused", Markup.Count("replayCapacity.capacityFor1e-6", capacity.CapacityForMillionth) },
            new object?[] { "one in a thousand refused", Markup.Count("replayCapacity.capacityFor1e-3", capacity.CapacityForThousandth) },
        };
        return Markup.Section(
            "capacity", "How large must the replay cache be?",
            Markup.Paragraph(
                new XElement("strong", "Recommended size: ", Markup.Count("replayCapacity.minCapacity", capacity.MinCapacity), capacity.MinCapacity == 1 ? " entry" : " entries"),
                " for each phone. For what arrived in this run (", Markup.Count("replayCapacity.messages", capacity.Messages),
                " first-time messages) that is the smallest cache of the modified rule that refuses none; another run can need more."),
            capacity.MinCapacity > 1 ? new XElement("div", new XAttribute("class", "charts"), CourseCharts.Capacity(capacity).ToElement()) : null,
            Markup.Table("Entries needed, at most so many refused", ["Loss", "#Entries"], rows),
            Markup.Table(
                "What each phase alone needs", ["Phase", "#Messages", "#Entries"],
                capacity.Phases.Select(static (phase, index) => new object?[]
                {
                    phase.Name, Markup.Count($"replayCapacity.phases[{index}].messages", phase.Messages),
                    Markup.Count($"replayCapacity.phases[{index}].minCapacity", phase.MinCapacity),
                })));
    }

    private static string Seconds(double seconds) => seconds.ToString("#,##0.##", CultureInfo.InvariantCulture);
}
