using System.Net;

namespace UeFarm.Protocol.Sip;

/// <summary>Where a message goes to or came from. Flow: number of the connection (0: none known). EndPoint: remote address. When
/// the flow is gone, the transport falls back to EndPoint.</summary>
public readonly record struct SipHop(SipTransportKind Transport, IPEndPoint EndPoint, long Flow);
