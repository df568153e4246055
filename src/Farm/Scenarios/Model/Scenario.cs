using System.Net;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Scenarios;

/// <summary>A valid scenario: every value in range, no contradictions. Made by <see cref="ScenarioReader"/> only.</summary>
internal sealed record Scenario
{
    public required int Version { get; init; }

    public required string Name { get; init; }

    public required long Seed { get; init; }

    public required ScenarioClock Clock { get; init; }

    public required TargetOptions Target { get; init; }

    public required SubscriberOptions Subscribers { get; init; }

    public required SipOptions Sip { get; init; }

    public required SecurityOptions Security { get; init; }

    public required ReplayCacheOptions ReplayCache { get; init; }

    public required ApplicationServerOptions ApplicationServer { get; init; }

    public required TrafficOptions Traffic { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<PhaseOptions> Phases { get; init; }

    public required FaultOptions Faults { get; init; }

    public required IReadOnlyList<Threshold> Thresholds { get; init; }

    public required ResultOptions Results { get; init; }

    public required LimitOptions Limits { get; init; }

    public required MetricsOptions Metrics { get; init; }

    /// <summary>Where the live page is served; null: nowhere.</summary>
    public IPEndPoint? PageListen { get; init; }
}
