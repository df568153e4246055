using UeFarm.Farm.Report;

namespace UeFarm.Farm.Hosting;

/// <summary>How the phones' replay caches do. Bytes: what all hold; null: they are elsewhere. Capacity: how large they had to be; null: nothing met one.</summary>
internal sealed record CacheFigures(long? Bytes, CapacityResult? Capacity);
