using System.Net;

namespace UeFarm.TestSupport;

/// <summary>What an application server process is started with.</summary>
public sealed record ApplicationServerProcessSettings
{
    public string Domain { get; init; } = "ims.example";

    /// <summary>Where deliveries go.</summary>
    public required IPEndPoint Core { get; init; }

    /// <summary>The store lies here; the caller makes and deletes the folder.</summary>
    public required string Folder { get; init; }

    /// <summary>A connection string: the mailboxes are in PostgreSQL and not in the folder.</summary>
    public string? Postgres { get; init; }

    /// <summary>The node listens on a free port of this address.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>What stands in Via where the core knows the node by another address (a link in between); null: the one listened on.</summary>
    public IPEndPoint? SentBy { get; init; }

    /// <summary>More of the command line, as in <c>--set applicationServer.drainDelay=50ms</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>How long a start may take: the store is checked and replayed.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(90);
}
