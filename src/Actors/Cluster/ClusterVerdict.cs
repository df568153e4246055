namespace UeFarm.Actors.Cluster;

/// <summary>How a run ended: its result document as JSON, the exit code of its verdict, and the verdict in one line.</summary>
public sealed record ClusterVerdict(string Result, int ExitCode, string Line);
