using System.Globalization;
using System.Net;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Guards;

/// <summary>
/// What is refused before anything is sent. Host names other than localhost are not looked up here; the transport checks every
/// resolved address against the allow list when it sends.
/// </summary>
internal static class SafetyGuards
{
    public static IReadOnlyList<GuardRefusal> Check(RunPlan plan) => [.. Refusals(plan)];

    /// <summary>True for the emergency services URN (RFC 5031) and for SIP URIs that carry it or its short form as user, in any spelling.</summary>
    public static bool IsEmergency(string uri)
    {
        var plain = Uri.UnescapeDataString(uri).Trim().ToUpperInvariant();
        var user = plain.StartsWith("SIP:", StringComparison.Ordinal) && plain.Contains('@', StringComparison.Ordinal)
            ? plain[4..plain.IndexOf('@', StringComparison.Ordinal)] : "";
        return plain.Contains("URN:SERVICE:SOS", StringComparison.Ordinal) || user is "SOS" || user.StartsWith("SOS.", StringComparison.Ordinal);
    }

    private static IEnumerable<GuardRefusal> Refusals(RunPlan plan)
    {
        var scenario = plan.Scenario;
        var target = scenario.Target;
        if (!target.Core.IsEmbedded && IsOutside(target.Core.Host, target.Allow, out var core))
        {
            yield return new GuardRefusal("target.core", $"{core} is not in target.allow", $"add {core} to target.allow if you may send there");
        }

        if (target.ApplicationServer.Address is { } address && IsOutside(address.Host, target.Allow, out var server))
        {
            yield return new GuardRefusal("target.as", $"{server} is not in target.allow", $"add {server} to target.allow if you may send there");
        }

        if (target.Kms.Address is { } kms && IsOutside(kms.Host, target.Allow, out var kmsAddress))
        {
            yield return new GuardRefusal("target.kms", $"{kmsAddress} is not in target.allow", $"add {kmsAddress} to target.allow if you may send there");
        }

        if (target.Core.IsEmbedded && !IsAllowed(target.Allow, target.Listen.Address))
        {
            var own = target.Listen.Address.Equals(IPAddress.Loopback) ? "127.0.0.0/8" : target.Listen.Address.ToString();
            yield return new GuardRefusal("target.allow", $"the embedded core listens on {target.Listen.Address}, which is not allowed", $"add {own}");
        }

        var limits = scenario.Limits;
        if (scenario.Subscribers.Count > limits.MaxUes)
        {
            yield return new GuardRefusal(
                "subscribers.count",
                string.Create(CultureInfo.InvariantCulture, $"{scenario.Subscribers.Count} phones are more than limits.maxUes ({limits.MaxUes})"),
                "raise limits.maxUes if the target may take it");
        }

        if (plan.PeakRatePerSecond > limits.MaxRate.PerSecond)
        {
            yield return new GuardRefusal(
                "traffic.rate", $"{new Rate(plan.PeakRatePerSecond)} with attacks is more than limits.maxRate ({limits.MaxRate})",
                "raise limits.maxRate if the target may take it");
        }

        // Virtual time sends nothing and takes no time.
        if (scenario.Clock == ScenarioClock.Real && plan.Length > limits.MaxDuration)
        {
            yield return new GuardRefusal("phases",
                $"{UnitText.Duration(plan.Length)} is longer than limits.maxDuration ({UnitText.Duration(limits.MaxDuration)})", "raise limits.maxDuration");
        }

        if (EmergencyIdentity(scenario) is { } path)
        {
            yield return new GuardRefusal(path, "addresses emergency services", "use another identity; this is never allowed");
        }
    }

    private static string? EmergencyIdentity(Scenario scenario)
    {
        if (IsEmergency(scenario.Subscribers.Impu.Format(0, scenario.Target.Domain)))
        {
            return "subscribers.impu";
        }

        return scenario.Subscribers.File?.Records.Any(record => IsEmergency(record.Impu)) == true ? "subscribers.auth.secretsFrom" : null;
    }

    private static bool IsOutside(string host, IReadOnlyList<IPNetwork> allow, out string address)
    {
        var literal = host.Trim('[', ']');
        address = literal;
        if (literal.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            literal = "127.0.0.1";
        }

        return IPAddress.TryParse(literal, out var parsed) && !IsAllowed(allow, parsed);
    }

    /// <summary>An IPv4 address in IPv6 clothes is the IPv4 address: it reaches the same host.</summary>
    public static bool IsAllowed(IReadOnlyList<IPNetwork> allow, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return allow.Any(network => network.Contains(plain));
    }
}
