namespace UeFarm.Actors.Run;

/// <summary>What the recorder watches for.</summary>
public sealed record RunRecorderSettings
{
    public required int Phones { get; init; }

    /// <summary>Whether the application server promises delivery in order of timestamp (window 1, oldest first).</summary>
    public bool CheckOrder { get; init; } = true;

    /// <summary>Whether live messages may overtake deferred ones.</summary>
    public bool LiveBypassesDrain { get; init; }

    /// <summary>Whether to keep every arrival (52 bytes each) for traces and capacity curves.</summary>
    public bool RecordArrivals { get; init; }
}
