namespace UeFarm.Actors.Cluster;

/// <summary>What the conductor is asked. The numbers go over the wire: never give one a new meaning.</summary>
public enum ConductorVerb : byte
{
    /// <summary>Start a run: the content is the JSON of the scenario and its overrides.</summary>
    Submit = 1,

    Status = 2,

    Stop = 3,

    Result = 4,

    /// <summary>Turn a knob of the run: the content is the JSON of a <see cref="Run.RunChangeRequest"/>.</summary>
    Change = 5,

    /// <summary>The document of the live page.</summary>
    Live = 6,
}
