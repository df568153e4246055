namespace UeFarm.Actors.Metrics;

/// <summary>What a node's metrics of a run are made of.</summary>
internal enum NodeMetricsPart
{
    Transports,
    Journals,
    Node,
    Kms,
    Core,
    ApplicationServer,
    Books,
}
