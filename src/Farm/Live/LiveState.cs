using System.Text.Json.Serialization;
using UeFarm.Farm.Cli;
using UeFarm.Farm.Report;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Live;

/// <summary>What the live page shows and <c>/live/state</c> answers; docs/live-page.md lists the keys. Null: not known, or not yet.</summary>
internal sealed record LiveState
{
    /// <summary>Grows when a reader would have to change; new keys alone do not count.</summary>
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>The program's version.</summary>
    public string Program { get; init; } = ProgramVersion.Text;

    public required DateTimeOffset MadeAt { get; init; }

    public required LiveStand Stand { get; init; }

    /// <summary>Null: there is no run.</summary>
    public RunFacts? Run { get; init; }

    public Phase? Now { get; init; }

    public Judgement? Verdict { get; init; }

    public IReadOnlyList<ThresholdRow> Thresholds { get; init; } = [];

    public IReadOnlyList<PromiseRow> Promises { get; init; } = [];

    public LedgerRow? Ledger { get; init; }

    public RateRow? Rates { get; init; }

    public PhoneRow? Phones { get; init; }

    public IReadOnlyDictionary<string, long> Rejections { get; init; } = new Dictionary<string, long>();

    public IReadOnlyDictionary<string, long> Failures { get; init; } = new Dictionary<string, long>();

    /// <summary>Hostile messages sent, by kind.</summary>
    public IReadOnlyDictionary<string, long> Attacks { get; init; } = new Dictionary<string, long>();

    public IReadOnlyList<LatencyResult> Latencies { get; init; } = [];

    /// <summary>How large replay caches had to be so far; null: nothing met one.</summary>
    public CapacityResult? Capacity { get; init; }

    public Course? Series { get; init; }

    /// <summary>What was changed by hand, while the run goes on also what has yet to take effect.</summary>
    public IReadOnlyList<ChangeResult> Changes { get; init; } = [];

    /// <summary>Of a cluster.</summary>
    public IReadOnlyList<NodeRow> Nodes { get; init; } = [];

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What is not known where this was made, in words.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <param name="Id">Of a run of a cluster.</param>
    /// <param name="Name">Of the scenario.</param>
    /// <param name="Seed">Of the run.</param>
    /// <param name="Clock">real or virtual.</param>
    /// <param name="Phones">How many.</param>
    /// <param name="ElapsedSeconds">Since its start, by its clock.</param>
    /// <param name="LengthSeconds">Of all phases as planned.</param>
    /// <param name="Phases">As planned, from when the first one began; empty before.</param>
    /// <param name="Speed">Virtual seconds in a real one.</param>
    /// <param name="Results">Name of the results folder; null before the end.</param>
    public sealed record RunFacts(
        string? Id, string Name, long Seed, string Clock, int Phones, double ElapsedSeconds, double LengthSeconds, IReadOnlyList<PhaseResult> Phases, double? Speed,
        string? Results);

    /// <param name="Name">registering, a phase of the scenario, settling, ended.</param>
    /// <param name="Number">From 1.</param>
    /// <param name="Count">Phases of the scenario.</param>
    /// <param name="RemainingSeconds">Until the phase ends; null where that is not planned.</param>
    public sealed record Phase(string Name, int Number, int Count, double? RemainingSeconds);

    /// <param name="IsFinal">The run has ended; before, it is what would be said if the rest went like this.</param>
    /// <param name="Verdict">Null: nothing has been measured yet.</param>
    /// <param name="Reason">In a few words.</param>
    /// <param name="Explanation">In a sentence.</param>
    /// <param name="ExitCode">Null before the end.</param>
    public sealed record Judgement(bool IsFinal, RunVerdict? Verdict, string Reason, string Explanation, int? ExitCode);

    /// <param name="Text">As the scenario has it.</param>
    /// <param name="Outcome">So far, or at the end.</param>
    /// <param name="Observed">In base units.</param>
    /// <param name="Shown">The same for people.</param>
    /// <param name="Limit">In base units.</param>
    /// <param name="Unit">Of both.</param>
    /// <param name="Samples">What it rests on.</param>
    public sealed record ThresholdRow(string Text, LiveOutcome Outcome, double? Observed, string? Shown, double Limit, ThresholdUnit Unit, long Samples);

    /// <param name="Number">1 to 5.</param>
    /// <param name="Name">Of the promise.</param>
    /// <param name="Meaning">In a sentence.</param>
    /// <param name="Outcome">So far, or at the end.</param>
    /// <param name="Detail">What was counted.</param>
    public sealed record PromiseRow(int Number, string Name, string Meaning, LiveOutcome Outcome, string Detail);

    /// <summary>Before the books are closed a message may count as failed for now and as accepted later.</summary>
    /// <param name="Sent">Due so far.</param>
    /// <param name="Accepted">By their recipients.</param>
    /// <param name="Rejected">By their recipients.</param>
    /// <param name="Expired">In the application server.</param>
    /// <param name="Failed">On the way.</param>
    /// <param name="Stored">In the application server now.</param>
    /// <param name="UnderWay">None of these yet; null at the end.</param>
    /// <param name="Unaccounted">Null before the end.</param>
    /// <param name="Redelivered">Delivered again after a lost answer.</param>
    public sealed record LedgerRow(
        long Sent, long Accepted, long Rejected, long? Expired, long Failed, long Stored, long? UnderWay, long? Unaccounted, long Redelivered);

    /// <summary>Per second, over the last seconds; null at the end.</summary>
    public sealed record RateRow(double Offered, double Delivered, double Registrations);

    public sealed record PhoneRow(long Registered, long Registering, long Offline);

    /// <summary>
    /// The run over time: arrays of the same length, at most <see cref="LiveSeries.MostPoints"/> long. Seconds by the run's clock; rates per second since the point
    /// before; the others are how many there were.
    /// </summary>
    public sealed record Course(
        IReadOnlyList<double> Seconds, IReadOnlyList<double> Offered, IReadOnlyList<double> Delivered, IReadOnlyList<double> Registrations,
        IReadOnlyList<double> Rejected, IReadOnlyList<double> Failed, IReadOnlyList<long> Registered, IReadOnlyList<long> Registering,
        IReadOnlyList<long> Offline, IReadOnlyList<long> Stored, IReadOnlyList<long> InFlight);

    /// <summary>A node as it last reported.</summary>
    public sealed record NodeRow(
        string Node, IReadOnlyList<string> Roles, int Blocks, long Registered, long Sent, long Accepted, double CpuSeconds, long ResidentBytes);
}

/// <summary>Whether there is a run.</summary>
internal enum LiveStand
{
    [JsonStringEnumMemberName("idle")]
    Idle,

    [JsonStringEnumMemberName("running")]
    Running,

    [JsonStringEnumMemberName("ended")]
    Ended,
}

/// <summary>How a threshold or a promise stands.</summary>
internal enum LiveOutcome
{
    [JsonStringEnumMemberName("held")]
    Held,

    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Nothing to compare with yet; at the end that is as bad as failed.</summary>
    [JsonStringEnumMemberName("no-samples")]
    NoSamples,

    /// <summary>Only the end decides.</summary>
    [JsonStringEnumMemberName("open")]
    Open,
}
