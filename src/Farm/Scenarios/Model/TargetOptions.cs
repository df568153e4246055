using System.Net;

namespace UeFarm.Farm.Scenarios;

/// <summary>What is tested, and what may be sent to.</summary>
/// <remarks>Transport: The one in force: from the core's URI, else <c>target.transport</c>.</remarks>
internal sealed record TargetOptions(
    string Domain, SipTarget Core, SipTransportChoice Transport, ApplicationServerPlace ApplicationServer, KmsTarget Kms, IReadOnlyList<IPNetwork> Allow);
