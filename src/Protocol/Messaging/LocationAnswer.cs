using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>Where a user can be reached: Contact for the Request-URI, Hop to send to, Path for Route (null: none). Contact null: not
/// registered; IsSubscriber tells whether such a user exists at all.</summary>
public readonly record struct LocationAnswer(bool IsSubscriber, string? Contact, SipHop Hop, string? Path);
