namespace UeFarm.Farm.Scenarios;

/// <summary>The network of a run in virtual time; the shares strike datagrams.</summary>
/// <remarks>Latency: One-way delay of every hop.</remarks>
internal sealed record NetworkOptions(Share Loss, Share Duplicate, Share Reorder, TimeSpan Latency)
{
    public bool IsPerfect => Loss.Fraction == 0 && Duplicate.Fraction == 0 && Reorder.Fraction == 0;
}
