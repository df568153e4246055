using System.Collections.Concurrent;
using System.Threading.Channels;
using UeFarm.Actors.Stores;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Tests.Stores;

/// <summary>Collects what a store answers; everything is in once the store was flushed.</summary>
internal sealed class RecordingStoreClient : IMailboxStoreClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<MailboxReadResult> _reads = Channel.CreateUnbounded<MailboxReadResult>();

    public ConcurrentQueue<(long Arrival, bool Durable)> Appended { get; } = new();

    public ChannelReader<MailboxReadResult> Reads => _reads.Reader;

    /// <summary>Called on the store's thread for every append.</summary>
    public Action<long>? WhenAppended { get; set; }

    public void OnAppended(MailboxRecord record, bool durable)
    {
        Appended.Enqueue((record.Arrival, durable));
        WhenAppended?.Invoke(record.Arrival);
    }

    public void OnRead(MailboxReadResult result) => _reads.Writer.TryWrite(result);

    public Task<MailboxReadResult> NextReadAsync(CancellationToken cancellation) => Reads.ReadAsync(cancellation).AsTask().WaitAsync(Patience, cancellation);
}
