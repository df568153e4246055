namespace UeFarm.Farm.Scenarios;

/// <summary>One phase.</summary>
/// <remarks>
/// Offline: How many more phones go offline, a share being of all phones; null: none.
/// Online: How many phones come back, a share being of those offline; null: none. Never together with Offline.
/// Within: The time over which they go or come.
/// Rate: The phase's message rate: its own or the scenario's; zero when its traffic is off.
/// </remarks>
internal sealed record PhaseOptions(string Name, TimeSpan Length, PhoneAmount? Offline, CutKind Cut, PhoneAmount? Online, TimeSpan Within, Rate Rate);
