namespace UeFarm.Actors.Journal;

/// <summary>How a <see cref="RunTail"/> follows a run.</summary>
public sealed record RunTailSettings
{
    /// <summary>Streams that there will be: nothing is given before each of them has been claimed. Others are followed as they come.</summary>
    public IReadOnlyList<int> Expected { get; init; } = [];

    /// <summary>
    /// How much later than the facts of senders those of recipients are given. As long as clocks and the order within a stream differ by less, no reception comes
    /// before its sending.
    /// </summary>
    public TimeSpan Slack { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Batches that are read at once.</summary>
    public int PageBatches { get; init; } = 64;
}
