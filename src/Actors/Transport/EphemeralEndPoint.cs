using System.Net;

namespace UeFarm.Actors.Transport;

/// <summary>
/// The far end of an accepted connection: a client's short-lived port on which nobody listens. It equals a plain endpoint of the same
/// address; the type is the mark that a hop must not be connected to once its flow is gone. A hop that an application builds
/// itself (from a Contact, say) carries a plain endpoint and can be connected to.
/// </summary>
internal sealed class EphemeralEndPoint(IPAddress address, int port) : IPEndPoint(address, port);
