namespace UeFarm.TestSupport.Faults;

/// <summary>How long and how hard a fault run goes on.</summary>
public sealed record FaultRunSettings
{
    /// <summary>Everything random comes from it; what the machine makes of it differs from run to run.</summary>
    public required int Seed { get; init; }

    /// <summary>The run goes on until the server, or its database, was killed this many times; other faults come in between.</summary>
    public required int Kills { get; init; }

    /// <summary>For the store; the caller makes and deletes it.</summary>
    public required string Folder { get; init; }

    public FaultStore Store { get; init; }

    public int Phones { get; init; } = 80;

    /// <summary>Of the phones that are there; those of phones that are away are not written.</summary>
    public double MessagesPerSecond { get; init; } = 200;

    /// <summary>Longest time between one fault and the next.</summary>
    public TimeSpan LongestPeace { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>Longest time frozen, cut off or stalled: longer than a transaction lives (6.4 s).</summary>
    public TimeSpan LongestOutage { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Told what is done, line by line.</summary>
    public Action<string>? Log { get; init; }
}
