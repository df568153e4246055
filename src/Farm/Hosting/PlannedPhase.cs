using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Hosting;

/// <summary>A phase with its time in the run and what it is going to do.</summary>
/// <remarks>
/// OnlineBefore: Phones online when it begins.
/// OnlineAfter: Phones online when all of it has happened.
/// </remarks>
internal sealed record PlannedPhase(
    string Name, TimeSpan Start, TimeSpan Length, Rate Rate, double ExpectedMessages, int OnlineBefore, int OnlineAfter, CutKind Cut, TimeSpan Within);
