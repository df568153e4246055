namespace UeFarm.Actors.Ue;

/// <summary>Index of the phone in its farm, 0-based; the entity id.</summary>
public readonly record struct UeId(int Index);
