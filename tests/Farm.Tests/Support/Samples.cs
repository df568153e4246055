using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Sizing;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Tests.Support;

/// <summary>Small valid scenarios and results that tests change one thing of.</summary>
internal static class Samples
{
    public const string Minimal = """
        version: 1
        name: minimal
        subscribers: { count: 100 }
        traffic: { rate: 10/s }
        phases:
          - { name: first, for: 10s }
          - { name: second, for: 20s }
        """;

    public static Scenario Scenario(string text = Minimal, params string[] overrides)
    {
        var result = ScenarioReader.Read(text, "sample.yaml", overrides);
        Assert.True(result.IsValid, string.Join('\n', result.Errors.Select(error => error.Format("sample.yaml"))));
        return result.Scenario;
    }

    public static IReadOnlyList<string> Mistakes(string text, params string[] overrides) =>
        [.. ScenarioReader.Read(text, "sample.yaml", overrides).Errors.Select(error => error.Format("sample.yaml"))];

    public static Threshold Threshold(string text)
    {
        Assert.True(ThresholdParser.TryParse(text, out var threshold, out var fault), fault.Problem);
        return threshold;
    }

    public static GeneratorResult HealthyGenerator { get; } = new(true, "", 0.0012, 0.0204, 499.8, 31.4);

    public static IReadOnlyList<InvariantResult> HeldInvariants { get; } =
    [
        new(1, "ledger", true, "30,012 sent, 0 unaccounted"),
        new(2, "durability", true, "8,990 answered 202, 0 lost"),
        new(3, "at-most-once", true, "0 accepted twice"),
        new(4, "order", true, "8,990 deliveries, 0 out of order"),
        new(5, "authenticity-first", true, "412 hostile messages, 0 in a cache"),
    ];

    public static ResultDocument Result(bool isStopped = false, GeneratorResult? generator = null, IReadOnlyList<InvariantResult>? invariants = null)
    {
        var source = ScenarioReader.Read(Minimal, "folder/minimal.yaml", ["seed=7"]);
        ThresholdResult[] thresholds =
        [
            new(Threshold("delivery.p99 < 5s"), ThresholdOutcome.Held, 1.2345, 29_871),
            new(Threshold("rejected{reason=\"stale\"} == 0"), ThresholdOutcome.Failed, 12, 30_012),
            new(Threshold("accepted.share >= 99.9%"), ThresholdOutcome.Held, 0.99953, 30_012),
            new(Threshold("attacks{kind=\"altered-outside-mac\",outcome=\"accepted\"} == 0"), ThresholdOutcome.NoSamples, null, 0),
        ];
        var (verdict, reason, code) = VerdictRule.Decide(invariants ?? HeldInvariants, thresholds, generator ?? HealthyGenerator, null, isStopped);
        return new ResultDocument
        {
            Verdict = verdict,
            Reason = reason,
            ExitCode = (int)code,
            Scenario = ScenarioEcho.Of(source.Scenario!, source.Source),
            Seed = 7,
            StartedAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
            EndedAt = new DateTimeOffset(2026, 3, 1, 12, 1, 12, 345, TimeSpan.Zero),
            Versions = new Dictionary<string, string> { ["uefarm"] = "0.1.0" },
            Machine = new MachineResult("Linux", "X64", 2, 24_000_000_000, "workstation"),
            Phases = [new PhaseResult("first", 0, 10), new PhaseResult("second", 10, 30)],
            Changes = [new ChangeResult(12.5, "rate x2", "keys"), new ChangeResult(20, "50 phones online within 5 s", "HTTP from 127.0.0.1")],
            Invariants = invariants ?? HeldInvariants,
            Thresholds = [.. thresholds.Select(ThresholdEcho.Of)],
            Ledger = new LedgerResult(30_012, 29_871, 17, 1, 120, 3, 4),
            Rejections = new Dictionary<string, long> { ["stale"] = 12, ["tie"] = 5, ["duplicate"] = 0 },
            Failures = new Dictionary<string, long> { ["timeout"] = 119, ["kms"] = 1 },
            Attacks =
            [
                new AttackResult("replay", 400, 0, 400, 0, new Dictionary<string, long>()),
                new AttackResult("forged", 12, 0, 11, 1, new Dictionary<string, long>()),
                new AttackResult("transplant", 0, 0, 0, 0, new Dictionary<string, long>()),
            ],
            Registrations = new RegistrationResult(5000, 8000, 2, 4999),
            Latencies =
            [
                new LatencyResult("delivery", 29_871, 0.0123, 0.05, 0.4, 1.2345, 3.3, 19.98, 0.2),
                new LatencyResult("answer", 29_893, 0.00098, 0.004, 0.0099, 0.35, 1, 4.01, 0.02),
                new LatencyResult("registration", 0, 0, 0, 0, 0, 0, 0, 0),
            ],
            ReplayCapacity = new CapacityResult(31_000, 231, 200, 231, [new CapacityPoint(1, 900), new CapacityPoint(230, 1), new CapacityPoint(231, 0)],
                [new PhaseSizing("first", 31_000, 231)]),
            Series = [new SeriesPoint(1, "first", 100, 0, 10, 9, 0, 0, 0, 0, 2, 1, 1, 0.01, 0.02, 0.001)],
            Trends = [new TrendResult("memory", 30, 200_000_000, 210_000_000, 0.05, 1_200_000, 230_000_000), new TrendResult("store", 0, 0, 0, null, 0, 0)],
            Generator = generator ?? HealthyGenerator,
            Memory = new MemoryResult(261_000_000, 120_000_000, 1_300_000, 3),
            Warnings = ["the clock of this machine was stepped by 12 ms while the run was under way, latencies around then are off by that"],
        };
    }
}
