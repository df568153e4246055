namespace UeFarm.Farm.Scenarios;

/// <summary>SIP timers (RFC 3261 section 17).</summary>
internal sealed record SipOptions(TimeSpan T1, TimeSpan T2, TimeSpan T4);
