namespace UeFarm.Protocol.RegEvent;

/// <summary>A registration document (application/reginfo+xml, RFC 3680 section 5).</summary>
/// <param name="Version">Counts the documents of a subscription from 0.</param>
/// <param name="IsFull">Everything, or only what changed since the version before.</param>
/// <param name="Registrations">By address of record.</param>
public sealed record Reginfo(uint Version, bool IsFull, IReadOnlyList<ReginfoRegistration> Registrations)
{
    public const string MediaType = "application/reginfo+xml";
}
