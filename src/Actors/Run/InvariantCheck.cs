namespace UeFarm.Actors.Run;

/// <summary>One of the promises that every run is checked for. Number and name are those of the documentation.</summary>
public sealed record InvariantCheck(int Number, string Name, bool Holds, string Evidence);
