namespace UeFarm.Actors.Cluster;

/// <summary>What a node may be asked to do. The numbers go over the wire: never give one a new meaning.</summary>
public enum ClusterRole : byte
{
    /// <summary>Blocks of phones.</summary>
    Ue = 1,

    /// <summary>Registrar and proxy.</summary>
    Core = 2,

    ApplicationServer = 3,

    Kms = 4,

    /// <summary>Plays the stages of a run and keeps its books.</summary>
    Conductor = 5,
}
