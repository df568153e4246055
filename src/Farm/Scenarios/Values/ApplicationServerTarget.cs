namespace UeFarm.Farm.Scenarios;

/// <summary>Where the application server is: in this process, behind somebody else's core, or behind the embedded core at an address of its own.</summary>
/// <param name="IsEmbedded">In this process.</param>
/// <param name="Address">Where the embedded core finds it; null: it is not the farm's to find.</param>
internal sealed record ApplicationServerTarget(bool IsEmbedded, SipTarget? Address)
{
    public static readonly ApplicationServerTarget Embedded = new(true, null);
    public static readonly ApplicationServerTarget External = new(false, null);

    public override string ToString() => IsEmbedded ? "embedded" : Address?.ToString() ?? "external";
}
