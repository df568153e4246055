using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>What a trace or a scenario says about the size of a replay cache: everything that the table, the JSON document and the picture show.</summary>
internal sealed record SizingOutcome
{
    /// <summary>Name of the trace file or of the scenario.</summary>
    public required string Source { get; init; }

    /// <summary>Arrivals, replays included.</summary>
    public required long Messages { get; init; }

    /// <summary>Messages that arrived for the first time.</summary>
    public required long Distinct { get; init; }

    /// <summary>Arrivals of a timestamp and digest that had arrived before.</summary>
    public long Replays => Messages - Distinct;

    /// <summary>Phones that received anything; each has a cache of its own.</summary>
    public int Phones { get; init; } = 1;

    /// <summary>Bytes of an entry: 24 or 28.</summary>
    public required int EntryBytes { get; init; }

    /// <summary>The exact curve over all phones. A capacity is that of each phone's own cache.</summary>
    public required CapacityCurve Curve { get; init; }

    /// <summary>The capacity that the scenario was played with; null for a trace.</summary>
    public int? Capacity { get; init; }

    /// <summary>What each phase needed; empty for a trace.</summary>
    public IReadOnlyList<PhaseSizing> Phases { get; init; } = [];

    /// <summary>What must never happen and did; null: nothing.</summary>
    public string? BrokenPromise { get; init; }

    /// <summary>Further counts worth showing, each with its name.</summary>
    public IReadOnlyList<(string Name, long Value)> Facts { get; init; } = [];

    /// <summary>The same traffic under other rules; empty unless asked for.</summary>
    public IReadOnlyList<SizingVariant> Variants { get; init; } = [];

    /// <summary>The same traffic under every policy at the scenario's capacity; empty unless asked for.</summary>
    public IReadOnlyList<PolicySizing> Policies { get; init; } = [];

    /// <summary>What the reader has to know: what was left out of the simulation, what bounds the exactness.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}
