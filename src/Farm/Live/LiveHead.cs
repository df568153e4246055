namespace UeFarm.Farm.Live;

/// <summary>What is read of a <see cref="LiveState"/> where the rest does not matter. Null: it does not say.</summary>
internal readonly record struct LiveHead(LiveStand? Stand);
