using UeFarm.Actors.Run;

namespace UeFarm.Farm.Hosting;

/// <summary>How the phones' replay caches do. Bytes: what all hold; null: they are elsewhere. Need: how large they had to be; null: nothing met one.</summary>
internal sealed record CacheFigures(long? Bytes, ReplayCacheNeed? Need);
