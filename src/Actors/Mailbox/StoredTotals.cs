using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Mailbox;

/// <summary>
/// What all mailboxes of a server hold together, messages on their way to the disk included, and what they may hold. Thread-safe. A message counts
/// from before it is given to the store until its removal is asked for.
/// </summary>
internal sealed class StoredTotals(long maxMessages, long maxBytes)
{
    private long _messages;
    private long _bytes;

    public long Messages => Volatile.Read(ref _messages);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>What a store held when it was opened; counts whatever the limits say.</summary>
    public void AddRecovered(MailboxInventory inventory)
    {
        Interlocked.Add(ref _messages, inventory.Count);
        Interlocked.Add(ref _bytes, inventory.BodyBytes);
    }

    /// <summary>False: there is no room; the fact says of what.</summary>
    public bool TryAdd(int bytes, out MailboxFact reason)
    {
        reason = default;
        var hasRoom = Interlocked.Increment(ref _messages) <= maxMessages;
        var hasBytes = Interlocked.Add(ref _bytes, bytes) <= maxBytes;
        if (hasRoom && hasBytes)
        {
            return true;
        }

        Remove(bytes);
        reason = hasRoom ? MailboxFact.RefusedServerQuotaBytes : MailboxFact.RefusedServerQuota;
        return false;
    }

    public void Remove(int bytes)
    {
        Interlocked.Decrement(ref _messages);
        Interlocked.Add(ref _bytes, -bytes);
    }
}
