namespace UeFarm.Protocol.Replay;

/// <summary>How to make a replay cache; shared by all phones of a run.</summary>
public sealed record ReplayCacheSettings
{
    /// <summary>As many numbers as an entry of the table of senders can hold.</summary>
    public const int MaxSenderPartitions = 1 << 16;

    public ReplayPolicy Policy { get; init; } = ReplayPolicy.Modified;

    /// <summary>Entries held at most, 0 or more. The default is what fits 1,000,000 bytes at 28 bytes an entry.</summary>
    public int CapacityEntries { get; init; } = 35714;

    /// <summary>
    /// 8: the 64-bit NTP timestamp. 4: its seconds only, that is the upper 32 bits of the order key; messages of one second then tie,
    /// and a message counts as a duplicate when second and digest are held.
    /// </summary>
    public int TimestampBytes { get; init; } = 8;

    /// <summary>Age up to which <see cref="ReplayPolicy.Window"/> accepts; other policies ignore it.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Parts into which <see cref="ReplayPolicy.PerSender"/> divides the capacity, 1 to 65,536 and no more than entries; other policies ignore it.
    /// </summary>
    public int SenderPartitions { get; init; } = 64;

    /// <summary>How far ahead of the phone's clock a timestamp may be; null: any distance.</summary>
    public TimeSpan? FutureBound { get; init; }

    /// <summary>Bytes of one packed entry: 24 or 28.</summary>
    public int EntryBytes => TimestampBytes + ReplayDigest.Length;

    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    internal void Validate()
    {
        if (CapacityEntries < 0 || TimestampBytes is not (4 or 8) || Window < TimeSpan.Zero || FutureBound < TimeSpan.Zero)
        {
            throw new ArgumentException("Capacity, window and future bound are not negative, timestamps have 4 or 8 bytes.");
        }

        if (Policy == ReplayPolicy.PerSender && (SenderPartitions is < 1 or > MaxSenderPartitions || SenderPartitions > CapacityEntries))
        {
            throw new ArgumentException($"Partitions are 1 to {MaxSenderPartitions} and no more than entries.");
        }
    }
}
