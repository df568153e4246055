using System.Text.Json;

namespace UeFarm.Farm.Report.Stored;

/// <summary>A finished run as its folder tells it.</summary>
/// <remarks>
/// Machine: What the machine saw; empty when machine.csv is missing.
/// Nodes: An object for each node of a run on several; empty otherwise.
/// </remarks>
internal sealed record StoredRun(ResultDocument Result, IReadOnlyList<MachinePoint> Machine, IReadOnlyList<JsonElement> Nodes);
