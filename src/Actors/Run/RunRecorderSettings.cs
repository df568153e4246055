using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Run;

/// <summary>What the recorder watches for.</summary>
public sealed record RunRecorderSettings
{
    public required int Phones { get; init; }

    /// <summary>Phases of the schedule.</summary>
    public int Phases { get; init; } = 1;

    /// <summary>Bytes of a timestamp in the phones' replay caches; with 4, messages of one second tie and overtake each other.</summary>
    public int TimestampBytes { get; init; } = 8;

    /// <summary>Whether the application server promises delivery in order of timestamp (window 1, oldest first).</summary>
    public bool CheckOrder { get; init; } = true;

    /// <summary>Whether live messages may overtake deferred ones.</summary>
    public bool LiveBypassesDrain { get; init; }

    /// <summary>Delivery reports that the phones ask for with every message.</summary>
    public ReportRequests Reports { get; init; }

    /// <summary>Whether to keep every arrival (52 bytes each) for traces and capacity curves.</summary>
    public bool RecordArrivals { get; init; }
}
