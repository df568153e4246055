namespace UeFarm.Actors.Cluster;

/// <summary>A node's running totals of a run, for the live view, the metrics and the result's table of nodes; the journal is what counts in the end.</summary>
public sealed record NodeCounters
{
    /// <summary>Phones that have a binding now.</summary>
    public long Registered { get; init; }

    public long RegistrationFailures { get; init; }

    public long Sent { get; init; }

    /// <summary>Messages whose sender got a 2xx, those with 202 included.</summary>
    public long Answered { get; init; }

    /// <summary>Answered 202, stored for later.</summary>
    public long Answered202 { get; init; }

    public long Failed { get; init; }

    /// <summary>Genuine messages that a phone accepted.</summary>
    public long Accepted { get; init; }

    /// <summary>Genuine messages that a phone refused, whatever the reason.</summary>
    public long Rejected { get; init; }

    public long Redelivered { get; init; }

    public long ReportsSent { get; init; }

    /// <summary>Messages that came due here.</summary>
    public long Due { get; init; }

    /// <summary>Successful registrations and re-registrations.</summary>
    public long Registrations { get; init; }

    /// <summary>User and system time of the node's process since the run began there.</summary>
    public long CpuMilliseconds { get; init; }

    /// <summary>The most memory of the process that was seen at its reports of the run.</summary>
    public long PeakBytes { get; init; }

    /// <summary>What was alive on its managed heap after the last full collection.</summary>
    public long HeapBytes { get; init; }

    /// <summary>Phone actors restarted after a fault of their own.</summary>
    public long Restarts { get; init; }
}
