namespace UeFarm.Protocol.Messaging;

/// <summary>
/// Where a user can be reached. Target null: not registered; IsSubscriber tells whether such a user exists at all. Others: further contacts, older ones last;
/// null for nearly everybody.
/// </summary>
public readonly record struct LocationAnswer(bool IsSubscriber, LocationTarget? Target = null, LocationTarget[]? Others = null);
