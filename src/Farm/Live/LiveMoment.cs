using UeFarm.Actors.Run;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Live;

/// <summary>A run at one moment, with what the live page needs beside the counts.</summary>
internal sealed record LiveMoment
{
    public required RunSnapshot Snapshot { get; init; }

    public required RunStage Stage { get; init; }

    /// <summary>As planned, in seconds since the run's start; empty before the first one has begun.</summary>
    public required IReadOnlyList<PhaseResult> Phases { get; init; }

    /// <summary>Deliveries out of order that the application server saw itself.</summary>
    public required long MisorderedByServer { get; init; }

    /// <summary>Null: this cannot be known here.</summary>
    public required long? Expired { get; init; }

    public string? RunId { get; init; }

    public IReadOnlyList<ChangeResult> Changes { get; init; } = [];

    public IReadOnlyList<LiveState.NodeRow> Nodes { get; init; } = [];

    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>How long the schedule has been played.</summary>
    public TimeSpan PlayedFor => Phases.Count == 0
        ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Clamp(Snapshot.Elapsed.TotalSeconds, Phases[0].StartSeconds, Phases[^1].EndSeconds) - Phases[0].StartSeconds);

    public static LiveMoment Of(FarmRun run, RunSnapshot snapshot)
    {
        var progress = run.Progress;
        return new LiveMoment
        {
            Snapshot = snapshot,
            Stage = progress.Stage,
            Phases = progress.Phase < 0 ? [] : PhasesOf(run, run.Settings),
            MisorderedByServer = run.ApplicationServer?.OrderViolations ?? 0,
            Expired = run.ApplicationServer is null ? null : snapshot.Expired,
            Changes = ChangeResult.ListOf(run, run.Changes),
            Unknown = run.ApplicationServer is null ? ["what somebody else's application server has stored or dropped"] : [],
        };
    }

    public static IReadOnlyList<PhaseResult> PhasesOf(IRunUnderWay run, FarmRunSettings settings) =>
        [.. settings.Phases.Select((phase, index) => new PhaseResult(phase.Name, run.StartOf(index).TotalSeconds, run.StartOf(index + 1).TotalSeconds))];
}
