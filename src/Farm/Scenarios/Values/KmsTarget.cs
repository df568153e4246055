namespace UeFarm.Farm.Scenarios;

/// <summary>The key management service: in this process, or at an HTTP address.</summary>
internal sealed record KmsTarget(Uri? Address)
{
    public static readonly KmsTarget Embedded = new((Uri?)null);

    public bool IsEmbedded => Address is null;

    public override string ToString() => Address?.ToString() ?? "embedded";
}
