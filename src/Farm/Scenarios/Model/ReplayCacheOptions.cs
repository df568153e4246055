namespace UeFarm.Farm.Scenarios;

/// <summary>The replay cache of each phone.</summary>
/// <remarks>
/// CapacityEntries: As written, or what the bytes hold.
/// TimestampBytes: 4 or 8.
/// Window: For policy window.
/// FutureBound: Null: off.
/// </remarks>
internal sealed record ReplayCacheOptions(
    int CapacityEntries, int TimestampBytes, ReplayPolicyKind Policy, TimeSpan Window, TimeSpan? FutureBound, CacheRestart OnRestart)
{
    private const int DigestBytes = 20;

    /// <summary>For policy per-sender.</summary>
    public required int SenderPartitions { get; init; }

    /// <summary>24 or 28.</summary>
    public int EntryBytes => DigestBytes + TimestampBytes;
}
