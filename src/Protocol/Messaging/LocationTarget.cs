using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>One contact of a user: Contact for the Request-URI, Hop to send to, Path for Route (null: none).</summary>
public readonly record struct LocationTarget(string Contact, SipHop Hop, string? Path);
