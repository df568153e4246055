namespace UeFarm.Actors.Cluster;

/// <summary>A run as its conductor sees it at one moment.</summary>
/// <param name="Run">Null: there is none.</param>
/// <param name="Status">Where it stands, and its nodes.</param>
/// <param name="Stage">Of the run.</param>
/// <param name="Books">As far as they go; null before the schedule starts and after the verdict.</param>
/// <param name="MisorderedByServer">Deliveries out of order that the application server saw itself.</param>
/// <param name="Notes">What happened to nodes.</param>
public sealed record ClusterRunPicture(
    ClusterRunRecord? Run, ConductorStatus Status, ClusterRunStage Stage, ClusterBooks? Books, long MisorderedByServer, IReadOnlyList<string> Notes);
