using System.Reflection;
using System.Text.Json.Serialization;
using UeFarm.Farm.Cli;

namespace UeFarm.Farm.Report;

/// <summary>Everything a run found out: the content of <c>result.json</c>, and what the final block and <c>--json</c> show.</summary>
internal sealed record ResultDocument
{
    /// <summary>Grows when a reader of the file would have to change.</summary>
    public const int CurrentSchemaVersion = 1;

    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    public required RunVerdict Verdict { get; init; }

    /// <summary>The verdict in a few words.</summary>
    public required string Reason { get; init; }

    /// <summary>The process's exit code.</summary>
    public required int ExitCode { get; init; }

    public required ScenarioEcho Scenario { get; init; }

    public required long Seed { get; init; }

    /// <summary>real or virtual: the time that everything but <see cref="Wall"/> is in.</summary>
    public string Clock { get; init; } = "real";

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>Program and runtime versions by name.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = CurrentVersions();

    public MachineResult Machine { get; init; } = MachineResult.Current();

    public required IReadOnlyList<PhaseResult> Phases { get; init; }

    /// <summary>What was changed by hand: with any, the run is not the one of its scenario and seed alone.</summary>
    public IReadOnlyList<ChangeResult> Changes { get; init; } = [];

    public required IReadOnlyList<InvariantResult> Invariants { get; init; }

    /// <summary>In virtual time without those about the machine: see <see cref="Wall"/>.</summary>
    public required IReadOnlyList<ThresholdEcho> Thresholds { get; init; }

    public required LedgerResult Ledger { get; init; }

    /// <summary>By reason.</summary>
    public required IReadOnlyDictionary<string, long> Rejections { get; init; }

    /// <summary>By reason.</summary>
    public required IReadOnlyDictionary<string, long> Failures { get; init; }

    /// <summary>All zero when no reports were asked for.</summary>
    public ReportsResult Reports { get; init; } = ReportsResult.None;

    public required IReadOnlyList<AttackResult> Attacks { get; init; }

    /// <summary>Null: nothing met a replay cache.</summary>
    public CapacityResult? ReplayCapacity { get; init; }

    public required RegistrationResult Registrations { get; init; }

    public required IReadOnlyList<LatencyResult> Latencies { get; init; }

    /// <summary>One point per second; of a long run about five hundred. Also in <c>series.csv</c>.</summary>
    public required IReadOnlyList<SeriesPoint> Series { get; init; }

    /// <summary>What must not grow in a long run; null in virtual time: see <see cref="Wall"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TrendResult>? Trends { get; init; }

    public required GeneratorResult Generator { get; init; }

    /// <summary>Null in virtual time: see <see cref="Wall"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MemoryResult? Memory { get; init; }

    /// <summary>Null in real time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WallClockResult? Wall { get; init; }

    /// <summary>What each node of a cluster did; null: one process has played the run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<NodeResult>? Nodes { get; init; }

    /// <summary>What was odd but broke nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    private static Dictionary<string, string> CurrentVersions() => new(StringComparer.Ordinal)
    {
        ["uefarm"] = ProgramVersion.Text,
        ["runtime"] = System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription,
        ["akka"] = typeof(Akka.Actor.ActorSystem).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? "",
    };
}
