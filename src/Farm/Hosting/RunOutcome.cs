using UeFarm.Farm.Report;

namespace UeFarm.Farm.Hosting;

/// <summary>How a run ended; the exit code is in the document.</summary>
internal sealed record RunOutcome(ResultDocument Result);
