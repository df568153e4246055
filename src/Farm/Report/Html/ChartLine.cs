namespace UeFarm.Farm.Report.Html;

/// <summary>A line of a chart. Where there is no value the line has a gap.</summary>
internal sealed record ChartLine(string Name, IReadOnlyList<(double X, double? Y)> Points);
