using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>The same traffic under one other rule, for comparison.</summary>
/// <param name="Name">What differs, as the scenario or the option says it: "live: bypass", "timestampBytes: 4".</param>
/// <param name="EntryBytes">Bytes of a cache entry under this rule.</param>
/// <param name="Curve">What caches of every capacity would have refused.</param>
/// <param name="Remark">What a reader must know to read the numbers; empty: nothing.</param>
internal sealed record SizingVariant(string Name, int EntryBytes, CapacityCurve Curve, string Remark = "");
