namespace UeFarm.TestSupport.Faults;

/// <summary>What an outage of the store came to.</summary>
public sealed record OutageRunResult
{
    /// <summary>Before, during and after the outage.</summary>
    public required IReadOnlyList<OutagePhase> Phases { get; init; }

    /// <summary>From the end of the outage to the first message that the server stored (202).</summary>
    public required TimeSpan FirstStored { get; init; }

    /// <summary>From the end of the outage to the last answer of the class 5xx.</summary>
    public required TimeSpan LastRefused { get; init; }

    /// <summary>What the server itself answered 503 because it could not be stored; the core passes that on as 500 (RFC 3261 section 16.7).</summary>
    public required long RefusedForStorage { get; init; }

    public required FaultBooks Books { get; init; }
}
