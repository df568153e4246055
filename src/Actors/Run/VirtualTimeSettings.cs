namespace UeFarm.Actors.Run;

/// <summary>The network of a run in virtual time. Shares are 0 to 1 and strike datagrams only.</summary>
public sealed record VirtualTimeSettings
{
    /// <summary>One-way delay of every hop.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(5);

    public double Loss { get; init; }

    public double Duplication { get; init; }

    public double Reordering { get; init; }
}
