using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>What a store held when it was opened.</summary>
/// <param name="HighestArrival">Every number in use is at most this; new ones go on from here.</param>
/// <param name="Backlogs">Recipients with messages.</param>
/// <param name="Online">Recipients that were registered.</param>
public sealed record MailboxStoreRecovery(long HighestArrival, IReadOnlyDictionary<string, MailboxInventory> Backlogs, IReadOnlySet<string> Online);
