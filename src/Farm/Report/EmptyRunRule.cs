using System.Globalization;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Report;

/// <summary>
/// Whether anything was measured at all: a ledger whose messages all failed is complete, and the invariants of what never happened hold. A scenario with a
/// threshold on what is missing has said itself what it expects.
/// </summary>
internal static class EmptyRunRule
{
    /// <summary>What is missing; null: the run is about something.</summary>
    public static string? FindFault(LedgerResult ledger, RegistrationResult registrations, IReadOnlyList<ThresholdResult> thresholds)
    {
        if (registrations is { Phones: > 0, Succeeded: 0 } && !Names(thresholds, "registered"))
        {
            return string.Create(CultureInfo.InvariantCulture, $"none of {registrations.Phones} phones ever registered");
        }

        // Refused, expired and stored messages got somewhere; they may be what the scenario is about.
        return ledger.Sent > 0 && ledger.Failed == ledger.Sent && !Names(thresholds, "failed") && !Names(thresholds, "accepted")
            ? string.Create(CultureInfo.InvariantCulture, $"all {ledger.Sent} messages failed")
            : null;
    }

    private static bool Names(IReadOnlyList<ThresholdResult> thresholds, string metric) => thresholds.Any(result => result.Threshold.Metric == metric);
}
