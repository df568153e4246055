using System.Collections.Concurrent;
using UeFarm.Actors.Stores;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Tests.Stores;

/// <summary>Collects what a store answers; everything is in once the store was flushed.</summary>
internal sealed class RecordingStoreClient : IMailboxStoreClient
{
    public ConcurrentQueue<(long Arrival, bool Durable)> Appended { get; } = new();

    public ConcurrentQueue<MailboxReadResult> Reads { get; } = new();

    /// <summary>Called on the store's thread for every append.</summary>
    public Action<long>? WhenAppended { get; set; }

    public void OnAppended(long arrival, bool durable)
    {
        Appended.Enqueue((arrival, durable));
        WhenAppended?.Invoke(arrival);
    }

    public void OnRead(MailboxReadResult result) => Reads.Enqueue(result);
}
