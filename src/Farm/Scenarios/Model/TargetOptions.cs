using System.Net;

namespace UeFarm.Farm.Scenarios;

/// <summary>What is tested, and what may be sent to.</summary>
/// <remarks>Transport: The one in force: from the core's URI, else <c>target.transport</c>.</remarks>
internal sealed record TargetOptions(
    string Domain, SipTarget Core, SipTransportChoice Transport, ApplicationServerTarget ApplicationServer, KmsTarget Kms, IReadOnlyList<IPNetwork> Allow)
{
    /// <summary>Of the embedded core; port 0: a free one.</summary>
    public required IPEndPoint Listen { get; init; }
}
