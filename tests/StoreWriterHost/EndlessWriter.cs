using UeFarm.Actors.Stores;
using UeFarm.Protocol.Messaging;
using UeFarm.TestSupport;

namespace UeFarm.StoreWriterHost;

/// <summary>Every confirmed record is reported and followed by the next; every eighth is removed again, to have deletions in the log as well.</summary>
internal sealed class EndlessWriter(IMailboxStore store) : IMailboxStoreClient
{
    private const int RemoveEvery = 8;

    private long _arrival;

    public void Start(int underWay)
    {
        for (var i = 0; i < underWay; i++)
        {
            Append();
        }
    }

    public void OnAppended(MailboxRecord record, bool durable)
    {
        var arrival = record.Arrival;
        if (!durable)
        {
            Console.Error.WriteLine($"{arrival} was refused");
            Environment.Exit(1);
        }

        if (arrival % RemoveEvery == 0)
        {
            store.Remove(arrival);
        }

        Console.Out.WriteLine(arrival);
        Append();
    }

    public void OnRead(MailboxReadResult result) => throw new InvalidOperationException("nothing was asked");

    private void Append()
    {
        var arrival = Interlocked.Increment(ref _arrival);
        if (!store.TryAppend(MailboxRecords.Create(arrival, $"sip:ue{arrival % 50}@ims.example"), this))
        {
            throw new InvalidOperationException("the queue is full");
        }
    }
}
