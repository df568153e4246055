namespace UeFarm.Protocol.Mikey.Exchanges;

/// <summary>What every protected message has of its own: suite, CSB ID, and the timestamp of its T payload.</summary>
internal readonly record struct MessageStamp(MikeySuite Suite, uint CsbId, MikeyTimestamp Timestamp);
