namespace UeFarm.Actors.Journal;

/// <summary>Takes facts one after the other.</summary>
public delegate void RunFactReceiver(in RunFact fact);
