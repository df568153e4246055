using Spectre.Console;

namespace UeFarm.Farm.Console;

/// <summary>The picture of a running scenario: always as many rows, so that redrawing does not make it jump, and never wider than the terminal.</summary>
internal static class LiveScreen
{
    /// <summary>Wider ones are no easier to read.</summary>
    private const int Widest = 100;

    private const int Narrowest = 40;

    /// <summary>Borders, padding and the label's column.</summary>
    private const int Frame = 7;

    /// <summary>Of the overview, which has most.</summary>
    private const int Rows = 16;

    public static Table Render(LivePicture picture, int terminalWidth)
    {
        var width = Math.Clamp(terminalWidth, Narrowest, Widest);
        var rows = picture.Screen switch
        {
            LiveScreenKind.Parts => LiveRows.Parts(picture),
            LiveScreenKind.Rejections => LiveRows.Rejections(picture),
            LiveScreenKind.Help => LiveRows.Help(picture),
            _ => LiveRows.Overview(picture, Math.Clamp(width - 40, 6, 24)),
        };
        var shown = rows.Take(Rows - 1).ToList();
        while (shown.Count < Rows - 1)
        {
            shown.Add(LiveRow.Empty);
        }

        shown.Add(new LiveRow("", [picture.Notice ?? (picture.Snapshot.Warnings.Count > 0 ? picture.Snapshot.Warnings[^1] : "")], new Style(Color.Yellow)));
        var labels = Math.Max(12, Math.Min(width / 3, shown.Max(static row => row.Label.Length)));
        var values = width - Frame - labels;
        var table = new Table
        {
            Border = TableBorder.Rounded,
            Title = new TableTitle(Markup.Escape(TextLayout.Cut($"{picture.Plan.Scenario.Name}: {LiveRows.NameOf(picture)}", width))),
            Caption = new TableTitle(Markup.Escape(picture.HasKeys ? KeysOf(picture.PartsName).First(line => line.Length <= width) : " ")),
            ShowHeaders = false,
            Width = width,
        };
        table.AddColumn(new TableColumn("") { Width = labels, NoWrap = true });
        table.AddColumn(new TableColumn("") { Width = values, NoWrap = true });
        foreach (var row in shown)
        {
            table.AddRow(new Text(TextLayout.Cut(row.Label, labels), new Style(decoration: Decoration.Dim)), new Text(TextLayout.Join(row.Parts, values), row.Style));
        }

        return table;
    }

    /// <summary>The longest first.</summary>
    private static string[] KeysOf(string parts) =>
    [
        $"1 overview  2 {parts}  3 rejections  p pause  +/- rate  q stop  ? help", "1 2 3 screens  p pause  +/- rate  q stop  ? help", "1 2 3  p pause  +/-  q stop  ? help",
    ];
}
