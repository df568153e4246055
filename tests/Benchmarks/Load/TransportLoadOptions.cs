using System.Net;

namespace UeFarm.Benchmarks.Load;

/// <summary>One measurement of <see cref="TransportLoad"/>.</summary>
public sealed record TransportLoadOptions
{
    /// <summary>Measured round trips; a tenth of it runs before, unmeasured.</summary>
    public int RoundTrips { get; init; } = 400_000;

    /// <summary>Requests under way at a time.</summary>
    public int InFlight { get; init; } = 128;

    public int ConnectionsPerPeer { get; init; } = 1;

    public bool Udp { get; init; }

    /// <summary>Actors that send the requests and get the responses; 0: the receiver sends the next request itself, on the transport's thread.</summary>
    public int Actors { get; init; }

    /// <summary>Where a responder listens (see <see cref="TransportLoad.ServeAsync"/>); null: one in this process.</summary>
    public IPEndPoint? Server { get; init; }
}
