namespace UeFarm.Farm.Scenarios;

/// <summary>The built-in application server.</summary>
/// <remarks>Window: Messages in flight per phone.</remarks>
internal sealed record ApplicationServerOptions(
    DrainOrder Order, int Window, LiveMessages Live, TimeSpan Settle, TimeSpan Expiry, int MaxPerUe, TimeSpan HoldTime, TimeSpan DrainDelay)
{
    public required long MaxBytesPerUe { get; init; }

    public required long MaxStored { get; init; }

    public required long MaxStoredBytes { get; init; }

    public required StorePlace Store { get; init; }

    /// <summary>The full path; null: no file.</summary>
    public required string? StorePasswordFile { get; init; }

    public required bool StoreUnsafe { get; init; }

    public required PresenceTrigger Presence { get; init; }

    /// <summary>Stored messages over all phones; null: no limit.</summary>
    public required Rate? DrainRate { get; init; }

    /// <summary>Stored messages to one phone; null: no limit.</summary>
    public required Rate? DrainRatePerUe { get; init; }

    /// <summary>Of mailboxes, on a cluster.</summary>
    public required int Groups { get; init; }

    /// <summary>1 or more, side by side.</summary>
    public required int Servers { get; init; }

    /// <summary>0 to 1; null: every server gets the same.</summary>
    public required double? FirstShare { get; init; }
}
