using UeFarm.Actors.Run;

namespace UeFarm.Farm.Hosting;

/// <summary>The state of a run at one moment; counts are since the start. Dictionaries are not changed after it was handed out.</summary>
internal sealed record RunSnapshot
{
    private static readonly Dictionary<string, long> None = [];

    public required TimeSpan Elapsed { get; init; }

    public required string PhaseName { get; init; }

    /// <summary>From 0.</summary>
    public required int PhaseIndex { get; init; }

    public required int PhaseCount { get; init; }

    /// <summary>Until the phase ends; zero while draining.</summary>
    public required TimeSpan PhaseRemaining { get; init; }

    /// <summary>Phones by state: offline, registering, registered, deregistering.</summary>
    public IReadOnlyDictionary<string, long> UesByState { get; init; } = None;

    /// <summary>Of those offline: on their way to being registered.</summary>
    public long Registering { get; init; }

    /// <summary>Registrations that succeeded.</summary>
    public long Registrations { get; init; }

    /// <summary>Messages that the schedule made due.</summary>
    public long Due { get; init; }

    public long Sent { get; init; }

    /// <summary>Messages whose sender has a final answer.</summary>
    public long Answered { get; init; }

    public long Accepted { get; init; }

    public IReadOnlyDictionary<string, long> RejectedByReason { get; init; } = None;

    /// <summary>Those that their recipients have not accepted so far.</summary>
    public IReadOnlyDictionary<string, long> FailedByReason { get; init; } = None;

    public long Expired { get; init; }

    /// <summary>Messages in the application server now.</summary>
    public long Stored { get; init; }

    public long Redelivered { get; init; }

    /// <summary>Hostile messages sent, by kind.</summary>
    public IReadOnlyDictionary<string, long> AttacksByKind { get; init; } = None;

    /// <summary>Messages sent in the last second.</summary>
    public double SentPerSecond { get; init; }

    /// <summary>Messages accepted in the last second.</summary>
    public double AcceptedPerSecond { get; init; }

    /// <summary>From when a message was due to its acceptance.</summary>
    public LatencySnapshot Delivery { get; init; } = LatencySnapshot.Empty;

    /// <summary>From when a message was due to its sender's final answer.</summary>
    public LatencySnapshot Answer { get; init; } = LatencySnapshot.Empty;

    /// <summary>How late the generator is now.</summary>
    public TimeSpan Lag { get; init; }

    /// <summary>Sent and without an outcome, not counting those stored.</summary>
    public long MessagesInFlight { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How fast virtual time goes; null in real time.</summary>
    public VirtualPace? Pace { get; init; }

    public RunStage Stage { get; init; } = RunStage.Playing;

    /// <summary>On the rates of the phases, by hand.</summary>
    public double RateFactor { get; init; } = 1;

    /// <summary>Of the process, or the nodes of a cluster.</summary>
    public IReadOnlyList<RunPart> Parts { get; init; } = [];

    public bool IsCluster { get; init; }

    /// <summary>Looks at the replay caches, which takes a moment; null: they cannot be looked at from here.</summary>
    public Func<CacheFigures>? ReadCaches { get; init; }

    public long Rejected => RejectedByReason.Values.Sum();

    public long Failed => FailedByReason.Values.Sum();
}
