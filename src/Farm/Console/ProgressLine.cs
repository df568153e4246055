using System.Globalization;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Console;

/// <summary>A snapshot in one line of at most 80 columns.</summary>
internal static class ProgressLine
{
    public static string Of(RunSnapshot snapshot, long phones)
    {
        var registered = snapshot.UesByState.GetValueOrDefault("registered");
        var line = string.Create(CultureInfo.InvariantCulture, $"{TextLayout.Clock(snapshot.Elapsed)} {snapshot.PhaseName}  on {registered}/{phones}")
            + (snapshot.Pace is { } pace
                ? string.Create(CultureInfo.InvariantCulture, $"  {pace.Speed:0}x, {TextLayout.Clock(pace.Left)} to go  {snapshot.Accepted} acc")
                : string.Create(CultureInfo.InvariantCulture, $"  {snapshot.SentPerSecond:0}/s sent  {snapshot.AcceptedPerSecond:0}/s acc"))
            + $"  p99 {UnitText.Latency(snapshot.Delivery.P99)}";
        var extra = new List<string>();
        Add(extra, "stored", snapshot.Stored);
        Add(extra, "rejected", snapshot.Rejected);
        Add(extra, "failed", snapshot.Failed);
        foreach (var part in extra)
        {
            if (line.Length + 2 + part.Length <= TextLayout.Columns)
            {
                line += "  " + part;
            }
        }

        return TextLayout.Fit(line);
    }

    private static void Add(List<string> parts, string name, long count)
    {
        if (count > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {count}"));
        }
    }
}
