namespace UeFarm.Farm.Cluster;

/// <summary>Why a call to the conductor failed.</summary>
internal enum ConductorFault
{
    /// <summary>Nobody answers, or nobody is the conductor now: it may pass.</summary>
    Away,

    /// <summary>It says no.</summary>
    Refused,

    /// <summary>The token is missing or wrong.</summary>
    Unauthorized,

    /// <summary>What answers is no node of the farm.</summary>
    Unknown,
}
