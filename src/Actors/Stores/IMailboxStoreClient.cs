using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>Who asked the store something. Called on the store's own thread, in the order in which was asked: must not block and must not throw.</summary>
public interface IMailboxStoreClient
{
    /// <summary>Durable: on the disk, whatever happens to the process or the power. Otherwise the record is not stored at all.</summary>
    void OnAppended(MailboxRecord record, bool durable);

    void OnRead(MailboxReadResult result);
}
