using System.Globalization;
using UeFarm.Actors.Cluster;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Console;

/// <summary>Where the run of a cluster stands, for people.</summary>
internal static class ClusterStatusText
{
    /// <summary>One line of at most 80 columns.</summary>
    public static string Line(ConductorStatus status, DateTimeOffset now)
    {
        var clock = status.StartTicks != 0 && now.UtcTicks > status.StartTicks ? TextLayout.Clock(TimeSpan.FromTicks(now.UtcTicks - status.StartTicks)) : "--:--";
        return TextLayout.Fit(string.Create(
            CultureInfo.InvariantCulture,
            $"{clock} {StageOf(status)}  {status.Nodes.Count} nodes  on {status.Registered}  sent {status.Sent}  acc {status.Accepted}  stored {status.Backlog}")
            + (status.RateFactor == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"  rate x{status.RateFactor:0.##}")));
    }

    public static IReadOnlyList<string> Lines(ConductorStatus status, DateTimeOffset now)
    {
        var lines = new List<string>
        {
            status.RunId.Length == 0 ? "no run" : $"run {status.RunId}",
            Line(status, now),
        };
        lines.AddRange(status.Changes.Select(static change =>
            TextLayout.Fit($"changed by hand: {change.What} from {TextLayout.Clock(TimeSpan.FromSeconds(change.At))} on ({change.By})")));
        lines.Add("");
        lines.Add($"{"Node",-28}{"roles",-26}{"blocks",7}{"sent",9}{"memory",10}");
        lines.AddRange(status.Nodes.Select(static node => string.Create(
            CultureInfo.InvariantCulture, $"{node.Node,-28}{string.Join(',', node.Roles),-26}{node.Blocks,7}{node.Sent,9}{UnitText.Bytes(node.ResidentBytes),10}")));
        return lines;
    }

    private static string StageOf(ConductorStatus status) =>
        Enum.TryParse<ClusterRunStage>(status.Stage, out var stage) ? stage switch
        {
            ClusterRunStage.Idle => "idle",
            ClusterRunStage.Preparing => "preparing",
            ClusterRunStage.Registering => "registering",
            ClusterRunStage.Playing => "playing",
            ClusterRunStage.Settling => "settling",
            ClusterRunStage.Closing => "closing",
            _ => "ended",
        }
        : status.Stage;
}
