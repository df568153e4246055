namespace UeFarm.Farm.Sizing;

/// <summary>How to read a trace.</summary>
internal sealed record TraceSizerSettings
{
    public const long DefaultMemoryBytes = 256L << 20;

    /// <summary>Unit of the timestamps of a trace that does not come from a run.</summary>
    public TimestampUnit Unit { get; init; } = TimestampUnit.Unknown;

    /// <summary>What the tables that find replays may take; beyond it temporary files are used.</summary>
    public long MemoryBytes { get; init; } = DefaultMemoryBytes;
}
