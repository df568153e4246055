namespace UeFarm.TestSupport.Faults;

/// <summary>An outage of the store under a steady load.</summary>
public sealed record OutageRunSettings
{
    public required OutageKind Kind { get; init; }

    /// <summary>For the store; the caller makes and deletes it. For a full disk: on a file system of its own.</summary>
    public required string Folder { get; init; }

    public TimeSpan Outage { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Of each answer of a slow database.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Of all phones; those that are away do not write, and two thirds are.</summary>
    public double MessagesPerSecond { get; init; } = 300;

    /// <summary>Before the outage, and after it.</summary>
    public TimeSpan Peace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Told what is done, line by line.</summary>
    public Action<string>? Log { get; init; }
}
